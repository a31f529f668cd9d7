import { mkdir } from 'node:fs/promises'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { lockFolder } from './lock-folder.ts'
import type { PgliteAnswer, PgliteRequest } from './pglite-worker.ts'
import { soon } from './soon.ts'

type QueryOptions = { rowMode?: 'array' | 'object' }
type Queries = { query(sql: string, params?: unknown[], options?: QueryOptions): Promise<unknown> }

/** The part of PGlite that the query builder uses. Inside a transaction only its own handle answers. */
export type PgliteClient = Queries & {
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>
  close(): Promise<void>
}

type Waiting = { resolve(result: unknown): void; reject(error: Error): void }

/**
 * A database in a folder, in a worker thread: on the main thread a second of SQL would hold every stream for a second.
 * The folder belongs to one process at a time. Throws when another one has it.
 */
export async function openPglite(dir: string): Promise<PgliteClient> {
  await mkdir(dir, { recursive: true })
  const unlock = await lockFolder(dir)
  const waiting = new Map<number, Waiting>()
  const outbox: PgliteRequest[] = []
  let gone: Error | undefined
  let lastId = 0
  let tail: Promise<unknown> = Promise.resolve()

  // The worker has this file's ending: .ts as it is, .js once bundled.
  const worker = new Worker(new URL(`./pglite-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: { dir },
    // What it keeps is a few MB; left to itself it lets 100 MB gather before it looks for what is no longer used.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  })
  const end = (error: Error) => {
    gone ??= error
    for (const { reject } of waiting.values()) reject(gone)
    waiting.clear()
  }
  const ready = Promise.withResolvers<void>()
  worker.on('error', (cause) => end(new Error('The database thread failed', { cause })))
  worker.on('exit', () => {
    end(new Error('The database is closed'))
    ready.reject(gone)
    void unlock()
  })
  worker.on('message', (message: 'ready' | PgliteAnswer[]) => {
    if (message === 'ready') return ready.resolve()
    for (const answer of message) {
      const asked = waiting.get(answer.id)
      waiting.delete(answer.id)
      if ('error' in answer) asked?.reject(Object.assign(new Error(answer.error.message), answer.error))
      else asked?.resolve(answer.result)
    }
  })
  await ready.promise

  const send = (sql: string | null, params?: unknown[], options?: QueryOptions) =>
    new Promise<unknown>((resolve, reject) => {
      if (gone) return reject(gone)
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      if (outbox.length === 0) soon(() => worker.postMessage(outbox.splice(0)))
      outbox.push({ id, sql, params, rowMode: options?.rowMode })
    })
  /** One statement or transaction at a time. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const done = tail.then(work)
    tail = done.catch(() => {})
    return done
  }
  const raw: Queries = { query: (sql, params = [], options) => send(sql, params, options) }

  return {
    query: (sql, params, options) => alone(() => raw.query(sql, params, options)),
    transaction: (work) =>
      alone(async () => {
        const begun = send('begin') // in one message with the first statements
        begun.catch(() => {}) // they fail with it
        try {
          const result = await work(raw)
          await begun
          await send('commit')
          return result
        } catch (error) {
          await send('rollback').catch(() => {}) // the first fault is the one to tell
          throw error
        }
      }),
    close: () =>
      alone(async () => {
        if (gone) return
        await send(null)
        await worker.terminate()
      }),
  }
}
