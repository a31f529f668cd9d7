import { beginningOf } from '../../output/drop-cut-word.ts'
import { AnswerLost } from '../../target/answer-lost.ts'
import { interrupted } from '../../tool/interrupted.ts'
import { ToolError } from '../../tool/tool-error.ts'
import type { Status } from '../http/api-error.ts'
import { openChannels, type StreamCaller } from './open-channels.ts'

export type ExecRequest = {
  namespace: string
  pod: string
  container: string
  /** The exact words; no shell. */
  argv: readonly string[]
  /** Pieces as they come, whole characters. */
  output: (stream: 'stdout' | 'stderr', text: string) => void
  /** Its end closes the stream; what runs in the container may go on. */
  until: AbortSignal
}

/** Newest first; all of them carry the same channels, and nothing that we would write to stdin. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
const STDOUT = 1
const STDERR = 2
const STATUS = 3

/**
 * Runs a command in a container and returns its exit code. Throws ToolError when it was not begun, AnswerLost when it
 * was, or may have been, and its end is not known: the connection was lost, or `until` came first.
 */
export async function execInPod(who: StreamCaller, request: ExecRequest): Promise<number> {
  const { until, output } = request
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  let wasHeard = false
  const { promise: status, resolve } = Promise.withResolvers<Status>()
  const receive = (stream: 'stdout' | 'stderr', bytes: Buffer): void => {
    wasHeard = true
    output(stream, decoders[stream].decode(bytes, { stream: true }))
  }
  const channels = await openChannels(who, {
    path: execPath(request),
    protocols: PROTOCOLS,
    signal: until,
    onMessage: (channel, bytes) => {
      if (channel === STDOUT) receive('stdout', bytes)
      else if (channel === STDERR) receive('stderr', bytes)
      else if (channel === STATUS) resolve(statusOf(bytes))
    },
  })
  const over = Promise.withResolvers<'over'>()
  const end = () => over.resolve('over')
  until.addEventListener('abort', end, { once: true })
  if (until.aborted) end()
  try {
    const first = await Promise.race([status, channels.ended.then(() => 'lost' as const), over.promise])
    for (const stream of ['stdout', 'stderr'] as const) output(stream, decoders[stream].decode())
    if (first === 'over') throw new AnswerLost(interrupted(until).message, { cause: until.reason })
    if (first === 'lost') throw new AnswerLost('the connection to the pod was lost before the command ended.')
    return exitCodeOf(first, wasHeard)
  } finally {
    until.removeEventListener('abort', end)
    channels.close()
  }
}

function execPath({ namespace, pod, container, argv }: ExecRequest): string {
  const words = argv.map((word) => `&command=${encodeURIComponent(word)}`).join('')
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`
  return `${path}?container=${encodeURIComponent(container)}&stdout=true&stderr=true${words}`
}

function statusOf(bytes: Buffer): Status & { status?: string } {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return { status: 'Failure', message: beginningOf(bytes.toString('utf8'), 500) }
  }
}

/** What container runtimes and the kubelet say when a command was never begun. */
const neverBegun =
  /executable file not found|no such file or directory|permission denied|exec format error|error dialing backend|container not found|container .*not (?:running|found)|unable to upgrade connection|not found in \$PATH/i

function exitCodeOf(
  { status, reason, message = '', details }: Status & { status?: string },
  wasHeard: boolean,
): number {
  if (status === 'Success') return 0
  const code = Number(details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message)
  if (reason === 'NonZeroExitCode' && Number.isInteger(code)) return code
  const said = message.trim() || 'the kubelet gave no reason'
  const sentence = /[.!?]$/.test(said) ? said : `${said}.`
  if (!wasHeard && neverBegun.test(said)) throw new ToolError('Invalid', `the command was not begun: ${sentence}`)
  throw new AnswerLost(`how the command ended is not known: ${sentence}`)
}
