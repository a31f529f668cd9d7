import { countOf, type Event, lastSeenOf } from '../../../kube/events/event.ts'

type Involved = { kind: string; name: string; namespace: string }

/** Events that say the same of one object or several. */
export type EventGroup = {
  type: string
  reason: string
  /** How often it happened in all. */
  count: number
  /** Each once, the one it happened to last in front. */
  objects: Involved[]
  /** Of the newest of them. */
  message: string
  /** RFC 3339. */
  lastSeen: string
}

/**
 * One group for each thing that happened, the newest first. What makes the messages of several objects differ is left
 * aside: their names, uids and spans of time. Other numbers stay, since a status code or a tag says something.
 */
export function groupEvents(events: readonly Event[]): EventGroup[] {
  const newestFirst = events.toSorted((a, b) => Date.parse(lastSeenOf(b)) - Date.parse(lastSeenOf(a)))
  const groups = new Map<string, EventGroup>()
  for (const event of newestFirst) {
    const { type = '', reason = '', message = '' } = event
    const { kind = '', name = '', namespace = '' } = event.involvedObject ?? {}
    const key = JSON.stringify([type, reason, kind, senseOf(message, name)])
    const group = groups.get(key)
    if (group === undefined) {
      const objects = [{ kind, name, namespace }]
      groups.set(key, {
        type,
        reason,
        count: countOf(event),
        objects,
        message: message.trim(),
        lastSeen: lastSeenOf(event),
      })
    } else {
      group.count += countOf(event)
      const isKnown = group.objects.some((each) => each.name === name && each.namespace === namespace)
      if (!isKnown) group.objects.push({ kind, name, namespace })
    }
  }
  return [...groups.values()]
}

/** What only tells one occurrence from another. */
const particular =
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![\w.:-])(?:\d+(?:\.\d+)?(?:ns|µs|ms|s|m|h))+(?![\w-])/g

function senseOf(message: string, name: string): string {
  const unnamed = name === '' ? message : message.replaceAll(name, '')
  return unnamed.replace(particular, '')
}
