import type { KubeObject } from '../../effect/kube-object.ts'
import { ageOf } from '../../output/age.ts'
import { redactObject } from '../../output/redact.ts'
import { type Lines, partOf, tableSection } from '../../output/report.ts'
import type { KubeContext } from '../kube-context.ts'
import { countOf, type Event, firstSeenOf, lastSeenOf, sourceOf } from './event.ts'

const mostEvents = 20

/** The newest events of an object, oldest first, with how often and how long. */
export function eventLines(object: KubeObject, context: KubeContext): Promise<Lines> {
  return partOf('Events', readEvents(object, context))
}

async function readEvents({ kind, metadata }: KubeObject, { kube, now }: KubeContext): Promise<Lines> {
  // Events of a Node name it by its name: the kubelet writes that where the uid stands.
  const fieldSelector =
    kind === 'Node'
      ? `involvedObject.kind=Node,involvedObject.name=${metadata.name}`
      : `involvedObject.uid=${metadata.uid}`
  const { items } = await kube.list(await kube.resolve('events.v1.'), { namespace: metadata.namespace, fieldSelector })
  const newest = (redactObject(items) as Event[])
    .toSorted((a, b) => lastSeenOf(a).localeCompare(lastSeenOf(b)))
    .slice(-mostEvents)
  if (newest.length === 0) return ['Events: <none>']
  const rows = newest.map((event) => [
    event.type,
    event.reason,
    spanText(event, now()),
    sourceOf(event),
    event.message?.trim(),
  ])
  const title = items.length > newest.length ? `Events (newest ${mostEvents} of ${items.length})` : 'Events'
  return tableSection(title, ['TYPE', 'REASON', 'AGE', 'FROM', 'MESSAGE'], rows)
}

function spanText(event: Event, now: Date): string {
  const count = countOf(event)
  const last = ageOf(lastSeenOf(event), now)
  return count > 1 ? `${last} (x${count} over ${ageOf(firstSeenOf(event), now)})` : last
}
