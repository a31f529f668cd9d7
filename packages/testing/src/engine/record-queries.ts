import { Client } from 'pg'

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
  const sent: SentQuery[] = []
  const { query } = Client.prototype
  Client.prototype.query = function recorded(this: Client, ...args: unknown[]) {
    const [first, second] = args as [string | { text: string; values?: unknown[] }, unknown]
    const values = Array.isArray(second) ? second : (typeof first === 'object' && first.values) || []
    sent.push({
      text: typeof first === 'string' ? first : first.text,
      values,
      bytes: values.reduce<number>((sum, value) => sum + bytesOf(value), 0),
      database: this.database,
    })
    return Reflect.apply(query, this, args)
  } as typeof query
  return {
    take: () => sent.splice(0),
    stop: () => {
      Client.prototype.query = query
    },
  }
}

function bytesOf(value: unknown): number {
  if (value === null || value === undefined) return 0
  return Buffer.byteLength(typeof value === 'object' ? JSON.stringify(value) : String(value))
}
