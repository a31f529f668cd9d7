import { Client } from 'pg'
import { vi } from 'vitest'

export type SentQuery = {
  text: string
  values: readonly unknown[]
  /** Of the values, as text. */
  bytes: number
  /** The database it went to. */
  database: string | undefined
}
export type QueryRecord = {
  /** What was sent since the last time, in order. */
  take(): SentQuery[]
  stop(): void
}

/** Sees every statement that this process sends to any Postgres. One at a time. */
export function recordQueries(): QueryRecord {
  const spy = vi.spyOn(Client.prototype, 'query')
  return {
    take: () => {
      const { calls, contexts } = spy.mock
      const sent = calls.map((args, index) => sentQuery(args, contexts[index] as Client | undefined))
      spy.mockClear()
      return sent
    },
    stop: () => spy.mockRestore(),
  }
}

function sentQuery(args: readonly unknown[], client: Client | undefined): SentQuery {
  const [first, second] = args as [string | { text: string; values?: unknown[] }, unknown]
  const values = Array.isArray(second) ? second : (typeof first === 'object' && first.values) || []
  return {
    text: typeof first === 'string' ? first : first.text,
    values,
    bytes: values.reduce<number>((sum, value) => sum + bytesOf(value), 0),
    database: client?.database,
  }
}

function bytesOf(value: unknown): number {
  if (value === null || value === undefined) return 0
  return Buffer.byteLength(typeof value === 'object' ? JSON.stringify(value) : String(value))
}
