import type { Dispatcher } from 'undici'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { Cluster } from '../cluster.ts'
import type { Status } from './api-error.ts'
import { faultOf } from './http.ts'
import { TooLong } from './text-answer.ts'

/** `ERROR` (410 Gone above all) ends a watch: list again, then watch from there. */
export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject }
  | { type: 'ERROR'; object: Status }

/** In characters: as much as a whole answer may have. What has no end must not fill the memory. */
const MAX_LINE_LENGTH = 64 * 1024 * 1024

/** The events of a watch's body, one JSON document a line. An abort ends it quietly. Rejects for an endless line. */
export async function* readWatch(
  body: Dispatcher.ResponseData['body'],
  { cluster, signal }: { cluster: Pick<Cluster, 'server'>; signal: AbortSignal },
): AsyncGenerator<WatchEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of body) {
      const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n')
      rest += first
      if (rest.length > MAX_LINE_LENGTH) throw new TooLong('a line of the watch has more than 64 MiB')
      if (others.length === 0) continue
      const lines = [rest, ...others]
      rest = lines.pop() ?? ''
      for (const line of lines) if (line !== '') yield JSON.parse(line) as WatchEvent
    }
  } catch (fault) {
    if (!signal.aborted) throw faultOf(fault, cluster, signal)
  }
}
