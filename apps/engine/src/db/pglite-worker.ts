import v8 from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'

// Before PGlite is loaded: 140 MB instead of 830 when a database is opened again.
for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering', '--liftoff-only']) v8.setFlagsFromString(flag)
const { PGlite } = await import('@electric-sql/pglite')

export type PgliteRequest = {
  id: number
  /** Null closes the database. */
  sql: string | null
  params?: unknown[]
  rowMode?: 'array' | 'object'
  /** Times and their arrays as text, as the query builder wants them. */
  asText: boolean
}
export type PgliteAnswer =
  | { id: number; result: unknown }
  | { id: number; error: { message: string; code?: string; detail?: string; constraint?: string } }

if (parentPort === null) throw new Error('the database worker runs in a worker thread')
const port = parentPort
const { dir } = workerData as { dir: string }
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB']
const db = await PGlite.create(dir, { startParams })
const timeTypes = [1082, 1114, 1184, 1186, 1115, 1182, 1185, 1187, 1231]
const parsers = Object.fromEntries(timeTypes.map((oid) => [oid, (value: string) => value]))

port.on('message', async ({ id, sql, params, rowMode, asText }: PgliteRequest) => {
  try {
    port.postMessage({ id, result: await answer() } satisfies PgliteAnswer)
  } catch (error) {
    const { message, code, detail, constraint } = error as Error & Record<'code' | 'detail' | 'constraint', string>
    port.postMessage({ id, error: { message, code, detail, constraint } } satisfies PgliteAnswer)
  }
  async function answer(): Promise<unknown> {
    if (sql === null) return db.close()
    if (params) return db.query(sql, params, { rowMode, ...(asText && { parsers }) })
    return (await db.exec(sql)).at(-1)
  }
})
port.postMessage('ready')
