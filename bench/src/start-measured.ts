import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { MeasuredMessage, Usage, UsageRequest } from './processes/measured.ts'

export type Measured = {
  url: string
  pid: number
  /** CPU since the start, in milliseconds. */
  cpuMs(): Promise<number>
  /** Resident memory after a full collection, in bytes. */
  residentBytes(): Promise<number>
  stop(): Promise<void>
}

/** The engine as its own `npm start` has it. */
const nodeOptions = { engine: ['--v8-pool-size=1'], 'tool-server': [] }

/** Starts a part of the product as a process of its own, and waits until it answers. Its log goes to stderr. */
export async function startMeasured(part: 'engine' | 'tool-server', env: Record<string, string>): Promise<Measured> {
  const child = fork(join(import.meta.dirname, `processes/${part}.ts`), {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    execArgv: ['--expose-gc', ...nodeOptions[part], ...(process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [])],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const nextMessage = async (): Promise<MeasuredMessage> => {
    const ended = exited.then(([code]) => Promise.reject(new Error(`the ${part} ended with ${code}`)))
    const [message] = await Promise.race([once(child, 'message'), ended])
    return message as MeasuredMessage
  }
  const usage = async (request: UsageRequest): Promise<Usage> => {
    const answer = nextMessage()
    child.send(request)
    const message = await answer
    if (!('usage' in message)) throw new Error(`the ${part} gave another answer`)
    return message.usage
  }
  const first = await nextMessage()
  if (!('ready' in first) || child.pid === undefined) throw new Error(`the ${part} did not start`)
  return {
    url: first.ready,
    pid: child.pid,
    cpuMs: async () => (await usage('cpu')).cpuMicros / 1000,
    residentBytes: async () => (await usage('memory')).residentBytes,
    stop: async () => {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await exited
      clearTimeout(late)
    },
  }
}
