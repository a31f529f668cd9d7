import type { Dispatcher } from 'undici'
import type { Status } from './api-error.ts'
import type { Cluster } from './cluster.ts'
import { faultOf } from './http.ts'
import type { KubeObject } from './kube-object.ts'

/** `ERROR` (410 Gone above all) ends a watch: list again, then watch from there. */
export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject }
  | { type: 'ERROR'; object: Status }

/** The events of a watch's body, one JSON document a line. An abort ends it quietly. */
export async function* readWatch(
  body: Dispatcher.ResponseData['body'],
  { cluster, signal }: { cluster: Pick<Cluster, 'server'>; signal: AbortSignal },
): AsyncGenerator<WatchEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of body) {
      rest += decoder.decode(chunk, { stream: true })
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line !== '') yield JSON.parse(line) as WatchEvent
    }
  } catch (fault) {
    if (!signal.aborted) throw faultOf(fault, cluster, signal)
  }
}
