import { isMistyped } from './distance.ts'
import type { Token } from './tokens.ts'

/** Kinds that people ask for, by their plural as the tools take it. */
const kinds: Readonly<Record<string, string>> = {
  pods: 'pod pods po container containers',
  deployments: 'deployment deployments deploy workload workloads',
  statefulsets: 'statefulset statefulsets sts',
  daemonsets: 'daemonset daemonsets ds',
  replicasets: 'replicaset replicasets rs',
  services: 'service services svc',
  jobs: 'job jobs',
  cronjobs: 'cronjob cronjobs',
  configmaps: 'configmap configmaps cm configuration',
  secrets: 'secret secrets password passwords credential credentials',
  nodes: 'node nodes machine machines worker workers',
  namespaces: 'namespace namespaces ns',
  ingresses: 'ingress ingresses ing',
  persistentvolumeclaims: 'persistentvolumeclaim persistentvolumeclaims pvc pvcs claim claims volume volumes',
  resourcequotas: 'resourcequota resourcequotas quota quotas',
  endpoints: 'endpoint endpoints',
  endpointslices: 'endpointslice endpointslices',
  horizontalpodautoscalers: 'horizontalpodautoscaler hpa hpas autoscaler autoscalers',
  networkpolicies: 'networkpolicy networkpolicies netpol',
  events: 'event events',
}

const byWord = new Map(Object.entries(kinds).flatMap(([kind, words]) => words.split(' ').map((word) => [word, kind])))

/**
 * The kind that a word names, such as `pods` for `pod`; a slip is forgiven in longer words.
 * @param isName something in the cluster is called so: then the word is no slip
 */
export function kindOf({ text }: Token, isName = false): string | undefined {
  const exact = byWord.get(text)
  if (exact !== undefined || isName || text.length < 6 || text.startsWith('replica')) return exact
  for (const [word, kind] of byWord) if (word.length >= 6 && isMistyped(text, word)) return kind
  return undefined
}

/** The kind as a person writes it about one object: `deployment`. */
export function singular(kind: string): string {
  if (kind === 'ingresses') return 'ingress'
  return kind === 'networkpolicies' ? 'networkpolicy' : kind.replace(/s$/, '')
}
