import { pathTokens } from './readable-path.ts'

/** Why a change weighs more than others, as one or two words; undefined for the rest. */
export function pathWeight(kind: string, pointer: string): string | undefined {
  if (/^(Cluster)?Role(Binding)?$/.test(kind)) return 'access rights'
  const tokens = pathTokens(pointer)
  const has = (...names: string[]) => tokens.some((token) => names.includes(token))
  if (tokens[0] === 'metadata' || tokens[0] === 'data') return undefined
  if (has('image')) return 'image'
  if (has('replicas', 'minReplicas', 'maxReplicas')) return 'replicas'
  if (has('limits')) return 'limits'
  if (has('selector', 'matchLabels', 'matchExpressions', 'nodeSelector', 'podSelector')) return 'selector'
  if (has('securityContext', 'hostNetwork', 'hostPID', 'hostIPC', 'hostPath', 'serviceAccountName')) return 'privileges'
  const isExposing = ['Service', 'Ingress', 'Gateway', 'HTTPRoute'].includes(kind)
  if (has('hostPort', 'nodePort') || (isExposing && has('ports', 'type', 'rules', 'externalIPs', 'listeners'))) {
    return 'exposed port'
  }
  return undefined
}
