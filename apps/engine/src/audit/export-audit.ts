import type { AuditEvent } from '@fairlead/contract/endpoints/audit'
import type { Db } from '../db/database.ts'
import { bodyRefs } from '../event-log/audit/body-refs.ts'
import { auditEventOf } from '../event-log/audit/event-hash.ts'
import { type AuditFilters, type AuditScope, readHeads, readSealed } from '../event-log/audit/read-audit.ts'
import { readBlob } from '../event-log/blobs.ts'

export type ExportOptions = {
  filters: AuditFilters
  scope: AuditScope
  /** Public keys that ever signed a head, as a JWKS. */
  publicKeys(): Promise<{ keys: readonly object[] }>
  /** Told once, however the export ends. */
  onEnd(rows: number): Promise<void>
}

/** Lines of JSON, a page at a time: each large body once and before the event that refers to it, the heads last. */
export async function* exportJsonLines(db: Db, options: ExportOptions): AsyncGenerator<string> {
  const sent = new Set<string>()
  const stretch = { from: Number.MAX_SAFE_INTEGER, to: 0 }
  let rows = 0
  try {
    for await (const page of readSealed(db, options)) {
      for (const row of page) {
        for (const digest of bodyRefs(row.data)) {
          if (sent.has(digest)) continue
          sent.add(digest)
          const blob = await readBlob(db, digest)
          if (blob)
            yield line({ blob: digest, content_type: blob.contentType, body: Buffer.from(blob.body).toString() })
        }
        stretch.from = Math.min(stretch.from, row.seq ?? 0)
        stretch.to = row.seq ?? 0
      }
      rows += page.length
      yield page.map((row) => line(auditEventOf(row))).join('')
    }
    const { keys } = await options.publicKeys()
    yield line({ heads: rows > 0 ? await readHeads(db, stretch) : [], keys: { keys } })
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
  'conversation_id',
  'run_id',
  'call_id',
  'type',
  'data',
  'prev_hash',
  'hash',
] as const satisfies readonly (keyof AuditEvent)[]

/** The same rows as a table. */
export async function* exportCsv(db: Db, options: ExportOptions): AsyncGenerator<string> {
  let rows = 0
  try {
    yield `${columns.join(',')}\r\n`
    for await (const page of readSealed(db, options)) {
      rows += page.length
      yield page.map((row) => `${cellsOf(auditEventOf(row)).join(',')}\r\n`).join('')
    }
  } finally {
    await options.onEnd(rows)
  }
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
