import type { CodeAnswer, CodeQuestion } from './code-tokens.ts'

type Listener = (answer: CodeAnswer) => void

const listeners = new Map<number, Listener>()
let worker: Worker | undefined
let nextId = 0

/** One worker for the page, made with the first code; a browser that allows none shows code without colours. */
export function listenToCode(listener: Listener): {
  ask: (question: Omit<CodeQuestion, 'id'>) => void
  leave: () => void
} {
  nextId += 1
  const id = nextId
  listeners.set(id, listener)
  return {
    ask: (question) => started()?.postMessage({ ...question, id } satisfies CodeQuestion),
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
