import { isSecretKey } from '../values/secret-values.ts'

/** One line of a unified diff. `gap`: unchanged lines that the diff leaves out; `note`: a word of who made it. */
export type DiffLine = {
  kind: 'same' | 'add' | 'del' | 'gap' | 'note'
  before: number | undefined
  after: number | undefined
  text: string
}

export type DiffPair = { left: DiffLine | undefined; right: DiffLine | undefined }

/** They stand above the diff anyway; further down such a line is one of the text. */
const fileNames = /^(?:Index: .*\n)?(?:=+\n)?(?:--- .*\n\+\+\+ .*\n)?/

export function parseUnifiedDiff(diff: string): DiffLine[] {
  const lines: DiffLine[] = []
  let [before, after] = [1, 1]
  for (const line of diff.replace(fileNames, '').replace(/\n$/, '').split('\n')) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line)
    if (hunk !== null) {
      const [from, to] = [Number(hunk[1]), Number(hunk[2])]
      if (lines.length > 0 || from > 1) {
        const left = from - before
        const text = left === 1 ? '1 unchanged line' : `${left} unchanged lines`
        lines.push({ kind: 'gap', before: undefined, after: undefined, text: left > 0 ? text : 'unchanged lines' })
      }
      ;[before, after] = [from, to]
    } else if (line.startsWith('+')) lines.push({ kind: 'add', before: undefined, after: after++, text: line.slice(1) })
    else if (line.startsWith('-')) lines.push({ kind: 'del', before: before++, after: undefined, text: line.slice(1) })
    else if (line.startsWith(' ')) {
      lines.push({ kind: 'same', before: before++, after: after++, text: line.slice(1) })
    } else if (line !== '' && !line.startsWith('\\')) {
      lines.push({ kind: 'note', before: undefined, after: undefined, text: line })
    }
  }
  return lines
}

/** Both sides beside each other: what goes next to what comes. */
export function pairLines(lines: readonly DiffLine[]): DiffPair[] {
  const pairs: DiffPair[] = []
  let [gone, come]: [DiffLine[], DiffLine[]] = [[], []]
  const flush = () => {
    for (let index = 0; index < Math.max(gone.length, come.length); index++) {
      pairs.push({ left: gone[index], right: come[index] })
    }
    ;[gone, come] = [[], []]
  }
  for (const line of lines) {
    if (line.kind === 'del') gone.push(line)
    else if (line.kind === 'add') come.push(line)
    else {
      flush()
      pairs.push({ left: line, right: line })
    }
  }
  flush()
  return pairs
}

/** A line of YAML whose key says that its value is a secret, in two: what may be seen, and what is behind it. */
export function splitSecret(text: string): [shown: string, secret: string] | undefined {
  const [, head = '', key = '', value = ''] = /^(\s*(?:- )*["']?([\w./-]+)["']?:\s+)(.+)$/.exec(text) ?? []
  return isSecretKey(key) && !value.startsWith('***') && value !== '[redacted]' ? [head, value] : undefined
}
