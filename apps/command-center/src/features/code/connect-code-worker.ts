import type { CodeAnswer, CodeRequest } from './code-tokens.ts'

type Listener = (answer: CodeAnswer) => void

const listeners = new Map<number, Listener>()
let worker: Worker | undefined
let nextId = 0

/** One worker for the page, made with the first code; a browser that allows none shows code without colours. */
export function connectCodeWorker(listener: Listener): {
  ask: (request: Omit<CodeRequest, 'id'>) => void
  leave: () => void
} {
  nextId += 1
  const id = nextId
  listeners.set(id, listener)
  return {
    ask: (request) => started()?.postMessage({ ...request, id } satisfies CodeRequest),
    leave: () => listeners.delete(id),
  }
}

function started(): Worker | undefined {
  if (worker !== undefined || typeof Worker === 'undefined') return worker
  try {
    worker = new Worker(new URL('./code-worker.ts', import.meta.url), { type: 'module', name: 'code' })
    worker.addEventListener('message', ({ data }: MessageEvent<CodeAnswer>) => listeners.get(data.id)?.(data))
  } catch {
    return undefined
  }
  return worker
}
