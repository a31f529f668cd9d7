import type { KubeObject } from '../../effect/kube-object.ts'

/** An Event of the core group, as far as it is read. */
export type Event = KubeObject & {
  involvedObject?: { kind?: string; name?: string; namespace?: string }
  type?: string
  reason?: string
  message?: string
  count?: number
  firstTimestamp?: string
  lastTimestamp?: string
  eventTime?: string
  series?: { count?: number; lastObservedTime?: string }
  source?: { component?: string }
  reportingComponent?: string
}

/** RFC 3339; empty when nothing tells it. */
export function lastSeenOf({ series, lastTimestamp, eventTime, metadata }: Event): string {
  return series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? ''
}

export function firstSeenOf({ firstTimestamp, eventTime }: Event): string | undefined {
  return firstTimestamp ?? eventTime
}

/** How often it happened. */
export function countOf({ series, count }: Event): number {
  return series?.count ?? count ?? 1
}

export function sourceOf({ source, reportingComponent }: Event): string {
  return source?.component || reportingComponent || ''
}
