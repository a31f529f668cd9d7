import type { AuditEvent } from '@fairlead/contract/endpoints/audit'
import type { Db } from '../db/database.ts'
import { readEvidence, readHeads, readSealedRows, type Stretch } from '../event-log/audit/read-evidence.ts'

export type ExportOptions = Stretch & {
  /** Public keys that ever signed a head, as a JWKS. */
  publicKeys(): Promise<{ keys: readonly object[] }>
  /** Told once, however the export ends. */
  onEnd(rows: number): Promise<void>
}

/** Lines are sent in pieces of about this size. */
const PIECE = 64 * 1024

/** Lines of JSON: each large body once and before the event that refers to it, the heads last. */
export async function* exportJsonLines(db: Db, options: ExportOptions): AsyncGenerator<string> {
  let [rows, first, last] = [0, 0, 0]
  async function* lines(): AsyncGenerator<string> {
    for await (const entry of readEvidence(db, options)) {
      if ('body' in entry) {
        const { sha256, contentType, body } = entry.body
        yield line({ blob: sha256, content_type: contentType, body: Buffer.from(body).toString() })
      } else {
        rows++
        first ||= entry.row.seq
        last = entry.row.seq
        yield line(entry.row)
      }
    }
    const { keys } = await options.publicKeys()
    let separator = '{"heads":['
    for await (const { jws } of rows > 0 ? readHeads(db, { from: first, to: last }) : []) {
      yield separator + JSON.stringify(jws)
      separator = ','
    }
    yield `${separator === ',' ? '' : separator}],${JSON.stringify({ keys: { keys } }).slice(1)}\n`
  }
  try {
    yield* inPieces(lines())
  } finally {
    await options.onEnd(rows)
  }
}

const columns = [
  'seq',
  'id',
  'at',
  'actor',
  'actor_ip',
  'user_id',
  'conversation_id',
  'run_id',
  'call_id',
  'type',
  'data',
  'prev_hash',
  'hash',
  'format',
] as const satisfies readonly (keyof AuditEvent)[]

/** The same rows as a table. */
export async function* exportCsv(db: Db, options: ExportOptions): AsyncGenerator<string> {
  let rows = 0
  async function* lines(): AsyncGenerator<string> {
    yield `${columns.join(',')}\r\n`
    for await (const row of readSealedRows(db, options)) {
      rows++
      yield `${cellsOf(row).join(',')}\r\n`
    }
  }
  try {
    yield* inPieces(lines())
  } finally {
    await options.onEnd(rows)
  }
}

async function* inPieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = ''
  for await (const next of lines) {
    piece += next
    if (piece.length < PIECE) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

function cellsOf(event: AuditEvent): string[] {
  return columns.map((column) => {
    const value = event[column]
    return cell(typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? ''))
  })
}

/** A table program takes a cell that begins like a formula for one. */
function cell(text: string): string {
  const harmless = /^[=+\-@]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
