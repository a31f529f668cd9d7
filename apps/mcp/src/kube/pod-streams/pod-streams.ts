import { type ExecRequest, execInPod } from './exec-in-pod.ts'
import type { Forward, ForwardRequest, Forwards } from './forward-ports.ts'
import type { StreamCaller } from './open-channels.ts'
import { probePort, type Reachability } from './probe-port.ts'

/** What reaches into pods. No server enforces a precondition for it, so it is begun once and never again. */
export type PodStreams = {
  exec(request: ExecRequest): Promise<number>
  probe(to: { namespace: string; pod: string; port: number; signal: AbortSignal }): Promise<Reachability>
  /** Undefined where nobody on this machine could use a local port: over HTTP. */
  forward: ((to: ForwardRequest) => Promise<Forward>) | undefined
}

export function createPodStreams(who: StreamCaller, forwards: Forwards | undefined): PodStreams {
  return {
    exec: (request) => execInPod(who, request),
    probe: (to) => probePort(who, to),
    forward: forwards && ((to) => forwards.open(who, to)),
  }
}
