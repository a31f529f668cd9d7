import { pointerOf, valueAt } from '@fairlead/contract/json/json-pointer'
import { isRecord } from './is-record.ts'
import type { KubeObject } from './kube-object.ts'

/**
 * A dry run makes up what only the real write will fix: cluster addresses and node ports come from a stand-in allocator,
 * and a Job's pods are labelled with the uid of an object that is never kept. Returns `after` without what neither
 * `before` nor the `manifest` says, and the paths of what was left out.
 */
export function withoutGenerated(
  after: KubeObject,
  { before, manifest }: { before?: KubeObject; manifest?: unknown },
): { object: KubeObject; generated: string[] } {
  const generated: string[] = []
  const isGenerated = (value: unknown, tokens: readonly string[]): boolean => {
    const path = pointerOf(tokens)
    if (!isMadeUp(after, value, path)) return false
    return valueAt(before, path) === undefined && valueAt(manifest, path) === undefined
  }
  const walk = (value: unknown, tokens: readonly string[]): unknown => {
    if (Array.isArray(value)) {
      const kept = value.map((element, index) => ({ element, at: [...tokens, String(index)] }))
      return kept.filter(({ element, at }) => !leftOut(element, at)).map(({ element, at }) => walk(element, at))
    }
    if (!isRecord(value)) return value
    const entries = Object.entries(value).map(([key, entry]) => ({ key, entry, at: [...tokens, key] }))
    return Object.fromEntries(
      entries.filter(({ entry, at }) => !leftOut(entry, at)).map(({ key, entry, at }) => [key, walk(entry, at)]),
    )
  }
  const leftOut = (value: unknown, tokens: readonly string[]): boolean => {
    // A list of nothing else would otherwise be approved as an empty one.
    const isAllGenerated =
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((element, index) => isGenerated(element, [...tokens, String(index)]))
    if (!isAllGenerated && !isGenerated(value, tokens)) return false
    generated.push(pointerOf(tokens))
    return true
  }
  const { metadata, ...rest } = after
  // The object's own uid is no label: what the server keeps for itself is not compared anyway.
  const object = { ...(walk(rest, []) as Omit<KubeObject, 'metadata'>), metadata } as KubeObject
  const labels = walk(metadata.labels, ['metadata', 'labels']) as KubeObject['metadata']['labels']
  return { object: { ...object, metadata: { ...metadata, ...(labels && { labels }) } }, generated }
}

const addresses = /^\/spec\/(clusterIPs?|healthCheckNodePort|ports\/\d+\/nodePort)$/
const tokenVolume = /^kube-api-access-[a-z0-9]{5}$/

function isMadeUp({ kind, apiVersion, metadata }: KubeObject, value: unknown, path: string): boolean {
  if (typeof value === 'string' && value.length > 0 && value === metadata.uid) return true
  if (apiVersion === 'v1' && kind === 'Service') return addresses.test(path) && !isHeadless(value)
  if (apiVersion === 'v1' && kind === 'Pod') {
    return isRecord(value) && typeof value.name === 'string' && tokenVolume.test(value.name)
  }
  return false
}

function isHeadless(value: unknown): boolean {
  return value === 'None' || (Array.isArray(value) && value[0] === 'None')
}
