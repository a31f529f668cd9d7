import { setTimeout as sleep } from 'node:timers/promises'
import { AnswerLost } from '../../target/answer-lost.ts'
import { interrupted } from '../../tool/interrupted.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { connectToPort } from './connect-to-port.ts'
import type { StreamCaller } from './open-channels.ts'

/** How a port answers. `why` says more of what is not `reachable`. */
export type Reachability = { state: 'reachable' | 'refused' | 'timeout'; why?: string }

const LIMIT_MS = 5_000
/** A server that waits for its client is silent; a port nobody listens at is told of at once. */
const SILENCE_MS = 1_500

/** Opens one connection to a port of a pod and closes it again. Throws ToolError when the stream itself was refused. */
export async function probePort(
  who: StreamCaller,
  { namespace, pod, port, signal }: { namespace: string; pod: string; port: number; signal: AbortSignal },
): Promise<Reachability> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)])
  const { promise: spoke, resolve: speak } = Promise.withResolvers<'spoke'>()
  try {
    const connection = await connectToPort(who, { namespace, pod, port, signal: limit, onData: () => speak('spoke') })
    const quiet = sleep(SILENCE_MS, 'quiet' as const, { signal: limit, ref: false })
    try {
      const first = await Promise.race([spoke, quiet, connection.ended])
      return first instanceof ToolError ? { state: 'refused', why: first.message } : { state: 'reachable' }
    } finally {
      quiet.catch(() => undefined)
      connection.close()
    }
  } catch (fault) {
    // Who goes away is told nothing of the port.
    if (signal.aborted) throw interrupted(signal)
    if (limit.aborted) return { state: 'timeout', why: 'nothing answered within 5 s.' }
    if (fault instanceof AnswerLost) return { state: 'refused', why: fault.message }
    throw fault
  }
}
