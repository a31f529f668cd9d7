import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { beginFolder } from './begin-folder.ts'

// Before PGlite is loaded: 140 MB instead of 830 when a database is opened again.
for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering', '--liftoff-only']) v8.setFlagsFromString(flag)
const { PGlite } = await import('@electric-sql/pglite')

export type PgliteRequest = {
  id: number
  /** Null closes the database. */
  sql: string | null
  /** Undefined for a command without parameters or rows, such as `begin`. */
  params?: unknown[]
  rowMode?: 'array' | 'object'
  /** First in a transaction, which begins with it: a way to the thread and back less. */
  begins?: boolean
}
export type PgliteAnswer =
  | { id: number; result: unknown }
  | { id: number; error: { message: string; code?: string; detail?: string; constraint?: string } }

if (parentPort === null) throw new Error('the database worker runs in a worker thread')
const port = parentPort
const { dir } = workerData as { dir: string }
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB']
const timeTypes = [1082, 1114, 1184, 1186, 1115, 1182, 1185, 1187, 1231]
// Times and their arrays as text, as drizzle wants them. Set once: parsers of a single query cost a fifth of it.
const parsers = Object.fromEntries(timeTypes.map((oid) => [oid, (value: string) => value]))
const folder = await beginFolder(dir)
// An empty cluster as initdb leaves it, made beforehand: half the time of running initdb here, and half the memory.
const loadDataDir = folder.isEmpty ? await (await import('@electric-sql/pglite-prepopulatedfs')).dataDir() : undefined
const db = await PGlite.create(dir, { startParams, parsers, loadDataDir })
await folder.filled()
if (folder.isEmpty) {
  // The unpacked archive is 70 MB of garbage. Nothing else here would have it collected.
  v8.setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

port.on('message', async (request: PgliteRequest) => port.postMessage(await answerTo(request)))

async function answerTo(request: PgliteRequest): Promise<PgliteAnswer> {
  const { id } = request
  try {
    return { id, result: await run(request) }
  } catch (error) {
    const { message, code, detail, constraint } = error as Error & Record<'code' | 'detail' | 'constraint', string>
    return { id, error: { message, code, detail, constraint } }
  }
}

async function run({ sql, params, rowMode, begins }: PgliteRequest): Promise<unknown> {
  if (sql === null) return await db.close()
  if (begins) await db.exec('begin')
  return params === undefined ? (await db.exec(sql)).at(-1) : await db.query(sql, params, { rowMode })
}

port.postMessage('ready')
