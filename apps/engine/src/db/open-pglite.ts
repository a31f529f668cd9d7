import { mkdir } from 'node:fs/promises'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { lockFolder } from './lock-folder.ts'
import type { PgliteAnswer, PgliteRequest } from './pglite-worker.ts'

type QueryOptions = Pick<PgliteRequest, 'rowMode'>
type Queries = { query(sql: string, params?: unknown[], options?: QueryOptions): Promise<unknown> }

/** The part of PGlite that drizzle uses. Inside a transaction only its own handle answers. */
export type PgliteClient = Queries & {
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * A database in a folder, in a worker thread: on the main thread a second of SQL would hold every stream for a second.
 * The folder belongs to one process at a time. Throws `FolderInUseError` when another one has it.
 */
export async function openPglite(dir: string): Promise<PgliteClient> {
  await mkdir(dir, { recursive: true })
  const unlock = await lockFolder(dir)
  // The worker has this file's ending: .ts in the sources, .js once bundled.
  const worker = new Worker(new URL(`./pglite-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: { dir },
    // It keeps a few MB; without the limit 100 MB of garbage gather before they are collected.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  })
  worker.on('exit', () => void unlock())
  const thread = await openThread(worker)
  let last: Promise<unknown> = Promise.resolve()
  /** One statement or transaction at a time. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }
  const ask = ({ begins }: { begins: boolean }, ...[sql, params = [], options]: Parameters<Queries['query']>) =>
    thread.send({ sql, params, rowMode: options?.rowMode, begins })
  return {
    query: (...statement) => alone(() => ask({ begins: false }, ...statement)),
    transaction: (work) =>
      alone(async () => {
        let hasBegun = false
        const query: Queries['query'] = (...statement) => {
          const begins = !hasBegun
          hasBegun = true
          return ask({ begins }, ...statement)
        }
        try {
          const result = await work({ query })
          if (hasBegun) await thread.send({ sql: 'commit' })
          return result
        } catch (error) {
          if (hasBegun) await thread.send({ sql: 'rollback' }).catch(() => {}) // the first error is the one to report
          throw error
        }
      }),
    close: () =>
      alone(async () => {
        if (thread.isGone()) return
        await thread.send({ sql: null })
        await worker.terminate()
      }),
  }
}

type Thread = {
  send(request: Omit<PgliteRequest, 'id'>): Promise<unknown>
  isGone(): boolean
}

/** Resolves when the thread has opened the database. When the thread ends, all waiting requests reject. */
async function openThread(worker: Worker): Promise<Thread> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const ready = Promise.withResolvers<void>()
  let gone: Error | undefined
  let lastId = 0
  const end = (error: Error) => {
    gone ??= error
    for (const { reject } of waiting.values()) reject(gone)
    waiting.clear()
  }
  worker.on('error', (cause) => end(new Error('The database thread failed', { cause })))
  worker.on('exit', () => {
    end(new Error('The database is closed'))
    ready.reject(gone)
  })
  worker.on('message', (message: 'ready' | PgliteAnswer) => {
    if (message === 'ready') return ready.resolve()
    const request = waiting.get(message.id)
    waiting.delete(message.id)
    if ('error' in message) request?.reject(Object.assign(new Error(message.error.message), message.error))
    else request?.resolve(message.result)
  })
  await ready.promise
  return {
    send: (request) => {
      if (gone) return Promise.reject(gone)
      const id = ++lastId
      const answer = Promise.withResolvers<unknown>()
      waiting.set(id, answer)
      worker.postMessage({ id, ...request })
      return answer.promise
    },
    isGone: () => gone !== undefined,
  }
}
