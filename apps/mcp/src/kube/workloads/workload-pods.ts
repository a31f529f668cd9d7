import type { KubeObject } from '../../effect/kube-object.ts'
import { ToolError } from '../../tool/tool-error.ts'
import type { ApiResource } from '../discovery/api-resource.ts'
import type { Kube } from '../kube.ts'
import type { Pod } from './pod.ts'

type LabelSelector = {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

/** The pods that a workload or a Service selects, newest first. `labelSelector` narrows them further. */
export async function podsOf(kube: Kube, workload: KubeObject, labelSelector?: string | null): Promise<Pod[]> {
  const own = selectorOf(workload)
  if (own === '')
    throw new ToolError(
      'Invalid',
      `${workload.kind} "${workload.metadata.name}" has no selector, so it has no pods of its own.`,
    )
  const both = [own, labelSelector].filter(Boolean).join(',')
  return listPods(kube, workload.metadata.namespace ?? '', both)
}

/** Pods of a namespace that fit a label selector, newest first. */
export async function listPods(kube: Kube, namespace: string, labelSelector: string): Promise<Pod[]> {
  const { items } = await kube.list(await podResource(kube), { namespace, labelSelector })
  return items.toSorted((a, b) => startOf(b).localeCompare(startOf(a)))
}

export function podResource(kube: Kube): Promise<ApiResource> {
  // The whole name: another group (metrics) has pods too.
  return kube.resolve('pods.v1.')
}

function startOf({ metadata }: KubeObject): string {
  return metadata.creationTimestamp ?? ''
}

/**
 * What selects a workload's pods, in the grammar of requests; empty when nothing does. A Service selects by plain
 * labels, everything else by a selector of its own.
 */
export function selectorOf({ kind, spec }: KubeObject): string {
  const { selector } = (spec ?? {}) as { selector?: unknown }
  if (kind === 'Service' || kind === 'ReplicationController')
    return labelsText(selector as Record<string, string> | undefined)
  const { matchLabels, matchExpressions = [] } = (selector ?? {}) as LabelSelector
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key
    if (operator === 'DoesNotExist') return `!${key}`
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`
  })
  return [labelsText(matchLabels), ...expressions].filter(Boolean).join(',')
}

function labelsText(labels: Record<string, string> = {}): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}
