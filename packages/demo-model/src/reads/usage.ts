import { scopeArgs } from '../cluster/scope.ts'
import { call, type Plan } from '../plan/plan.ts'
import type { Request } from '../requests/request.ts'
import { shownLines } from './shown-lines.ts'

/** What pods or nodes use, where the cluster measures it. */
export function* usage({ understood, focus, offered }: Request): Plan<string> {
  const ofNodes = understood.kind === 'nodes'
  const tool = ofNodes ? 'k8s_top_nodes' : 'k8s_top_pods'
  if (!offered.has(tool)) return 'The use of processor and memory cannot be read here.'
  const scope = focus.objects[0]?.ref.namespace ?? focus.namespaces[0] ?? 'all'
  const reply = yield* call(tool, ofNodes ? {} : scopeArgs(scope))
  if (reply.kind !== 'answered') return `The use of processor and memory cannot be read: ${reply.text.trim()}`
  return shownLines(reply.text)
}
