import { beginningOf } from '../../output/drop-cut-word.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { type Channels, openChannels, type StreamCaller } from './open-channels.ts'

export type PortRequest = {
  namespace: string
  pod: string
  /** Of the pod, where something listens on its loopback address or all. */
  port: number
  /** Ends the opening; the connection itself lives until one side closes it. */
  signal: AbortSignal
  onData: (bytes: Buffer) => void
}

/** One connection to one port of a pod. */
export type PortConnection = Pick<Channels, 'pause' | 'resume' | 'pending' | 'close'> & {
  send(bytes: Uint8Array): void
  /** Undefined when it ended as connections do; else why it could not be made, in the kubelet's words. */
  readonly ended: Promise<ToolError | undefined>
}

const PROTOCOLS = ['v4.channel.k8s.io']
const DATA = 0
const FAULT = 1
/** Each channel begins with the number of the port it belongs to. */
const HEADER_BYTES = 2

/** Opens one; throws as `openChannels` does. That the port answers is not known yet then. */
export async function connectToPort(who: StreamCaller, request: PortRequest): Promise<PortConnection> {
  const { namespace, pod, port, signal, onData } = request
  const begun = new Set<number>()
  const { promise: refused, resolve: refuse } = Promise.withResolvers<ToolError>()
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward`
  const channels = await openChannels(who, {
    path: `${path}?ports=${port}`,
    protocols: PROTOCOLS,
    signal,
    onMessage: (channel, bytes) => {
      const isFirst = !begun.has(channel)
      begun.add(channel)
      const rest = isFirst ? bytes.subarray(HEADER_BYTES) : bytes
      if (rest.length === 0) return
      if (channel === DATA) onData(rest)
      else if (channel === FAULT) refuse(faultOf(rest, { pod, port }))
    },
  })
  const ended = Promise.race([refused, channels.ended.then(() => undefined)])
  void refused.then(() => channels.close())
  return {
    send: (bytes) => channels.send(DATA, bytes),
    pending: channels.pending,
    pause: channels.pause,
    resume: channels.resume,
    close: channels.close,
    ended,
  }
}

function faultOf(bytes: Buffer, { pod, port }: { pod: string; port: number }): ToolError {
  const said = beginningOf(bytes.toString('utf8').trim(), 500)
  return new ToolError('Unavailable', `port ${port} of pod "${pod}" takes no connection: ${said}.`)
}
