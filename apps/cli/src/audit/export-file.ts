import { type ExportEnd, parseExportLine } from '@fairlead/contract/audit/export-line'
import type { KeptHead } from '@fairlead/contract/audit/heads-ahead'
import { publicKeysIn } from '@fairlead/contract/audit/public-keys'
import { readHead } from '@fairlead/contract/audit/signed-head'
import type { Entry, RecordedEvidence } from '@fairlead/contract/audit/verify-record'
import { isTooDeep, MAX_JSON_DEPTH } from '@fairlead/service-kit/json-depth'
import { NotAnExport } from './not-an-export.ts'
import { readLastLine } from './read-last-line.ts'
import { readLines } from './read-lines.ts'

/** What came in from outside is less deep; the row around it adds a few. */
const MAX_DEPTH = 2 * MAX_JSON_DEPTH

/** An export in a file, with the heads that were kept outside of it. */
export async function exportFile(path: string, outside: readonly string[]): Promise<RecordedEvidence> {
  const text = await readLastLine(path)
  const last = text === undefined || isTooDeep(text, MAX_DEPTH) ? undefined : parseExportLine(text)
  const end = last !== undefined && 'end' in last ? last.end : undefined
  return {
    entries: () => entriesOf(path, end),
    rows: async function* () {
      for await (const { text } of readLines(path)) {
        const line = text.startsWith('{"blob"') ? undefined : parseExportLine(text)
        if (line !== undefined && 'row' in line) yield line.row
      }
    },
    heads: () => inOrder(end?.heads ?? [], new Set(outside)),
    keys: publicKeysIn(end?.keys.keys ?? []),
  }
}

async function* entriesOf(path: string, end: ExportEnd | undefined): AsyncGenerator<Entry> {
  let isOver = false
  let last = 0
  for await (const { number, text } of readLines(path)) {
    if (isTooDeep(text, MAX_DEPTH)) {
      throw new NotAnExport(`Line ${number} is nested deeper than ${MAX_DEPTH} levels: no line of an export is.`)
    }
    const line = parseExportLine(text)
    last = number
    if (line === undefined) throw new NotAnExport(`Line ${number} is no line of an export${hint(number, text)}.`)
    if (isOver) throw new NotAnExport(`Line ${number} stands behind the last line of the export.`)
    if ('end' in line) isOver = true
    else yield line
  }
  if (end === undefined)
    throw new NotAnExport(
      last === 0
        ? 'The file is empty. Make the export again.'
        : `The file ends at line ${last}, before the last line of an export (heads and keys): it broke off, or its end was cut. Make the export again.`,
    )
}

function hint(number: number, text: string): string {
  return number === 1 && /^\W*(?:seq|id),/.test(text) ? ' (a table cannot be verified: export with --format jsonl)' : ''
}

/** Heads by the rows that they sign; one that cannot be read comes last. */
function inOrder(own: readonly string[], outside: ReadonlySet<string>): KeptHead[] {
  const seqOf = (jws: string) => readHead(jws)?.seq ?? Number.POSITIVE_INFINITY
  return [...outside.union(new Set(own))]
    .map((jws) => ({ jws, seq: seqOf(jws) }))
    .toSorted((a, b) => (a.seq === b.seq ? 0 : a.seq - b.seq))
    .map(({ jws }) => ({ jws, isFromOutside: outside.has(jws) }))
}
