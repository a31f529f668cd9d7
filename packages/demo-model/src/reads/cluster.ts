import { call, type Plan } from '../plan/plan.ts'
import type { Request } from '../requests/request.ts'

/** Which cluster it is, and what it consists of. */
export function* cluster({ offered, survey }: Request): Plan<string> {
  const spaces = survey.namespaces.map((name) => `\`${name}\``).join(', ')
  if (!offered.has('k8s_cluster_info')) return `The cluster has the namespaces ${spaces}.`
  const reply = yield* call('k8s_cluster_info', {})
  if (reply.kind !== 'answered') return `The cluster cannot be asked what it is: ${reply.text.trim()}`
  return `\`\`\`\n${reply.text}\n\`\`\`\n\nNamespaces: ${spaces}.`
}
