type Labelled = { label: string }
/** `own`: what is its own of its label. */
export type SectionRow<Row extends Labelled> = { row: Row; own: string }
/** Rows with a common beginning, or, without a head, rows that share none. */
export type ChangeSection<Row extends Labelled> = { head: SectionHead | undefined; rows: SectionRow<Row>[] }
/** `name`: in the words of a person, where there are some: `Container web`. */
export type SectionHead = { path: string; name: string | undefined }

/**
 * Rows under their common beginning, so that each shows only what is its own: the container, volume or rule that they
 * lead through, else what they stand in. In the order in which each beginning comes first.
 */
export function changeSections<Row extends Labelled>(rows: readonly Row[]): ChangeSection<Row>[] {
  const begun = rows.map((row) => ({ row, beginning: beginningOf(row.label) }))
  const counts = new Map<string, number>()
  for (const { beginning } of begun) counts.set(beginning, (counts.get(beginning) ?? 0) + 1)
  const sections: ChangeSection<Row>[] = []
  const byBeginning = new Map<string, ChangeSection<Row>>()
  for (const { row, beginning } of begun) {
    if (beginning === '' || counts.get(beginning) === 1) {
      const last = sections.at(-1)
      if (last !== undefined && last.head === undefined) last.rows.push({ row, own: row.label })
      else sections.push({ head: undefined, rows: [{ row, own: row.label }] })
      continue
    }
    const known = byBeginning.get(beginning)
    const section: ChangeSection<Row> = known ?? { head: { path: beginning, name: nameOf(beginning) }, rows: [] }
    if (known === undefined) {
      sections.push(section)
      byBeginning.set(beginning, section)
    }
    section.rows.push({ row, own: row.label.slice(beginning.length).replace(/^\./, '') })
  }
  return sections
}

const step = /\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]|\.?[^.[]+/g
const stepsOf = (text: string) => Array.from(text.matchAll(step), ({ 0: found }) => found)
const isElement = (text: string) => text.startsWith('[') && !text.startsWith('["')

/** Up to the first list element, else up to the last step; empty where nothing is in common with anything. */
function beginningOf(label: string): string {
  if (label.startsWith('order of ')) return ''
  const steps = stepsOf(label)
  const element = steps.findIndex(isElement)
  const end = element === -1 || element === steps.length - 1 ? steps.length - 1 : element + 1
  return steps.slice(0, end).join('')
}

const nouns: ReadonlyMap<string, string> = new Map([
  ['containers', 'Container'],
  ['initContainers', 'Init container'],
  ['ephemeralContainers', 'Ephemeral container'],
  ['volumes', 'Volume'],
  ['rules', 'Rule'],
  ['ports', 'Port'],
  ['webhooks', 'Webhook'],
  ['subjects', 'Subject'],
])

function nameOf(beginning: string): string | undefined {
  const [element = '', list = ''] = stepsOf(beginning).toReversed()
  const noun = nouns.get(list.replace('.', ''))
  if (noun === undefined || !isElement(element)) return undefined
  const name = element.slice(1, -1)
  return `${noun} ${name.includes('=') ? name.replace(/^name=/, '') : element}`
}
