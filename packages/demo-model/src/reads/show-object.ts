import type { Ref } from '../cluster/objects.ts'
import { nameOf } from '../evidence/finding.ts'
import { call, type Plan } from '../plan/plan.ts'
import { shownLines } from './shown-lines.ts'

const MAX_LINES = 90

/** One object with what it refers to and its events, as the cluster describes it. */
export function* showObject(ref: Ref): Plan<string> {
  const { name, namespace } = ref
  const args = { name, resource_type: ref.kind.toLowerCase(), ...(namespace !== undefined && { namespace }) }
  const reply = yield* call('k8s_describe', args)
  if (reply.kind !== 'answered') return `${nameOf(ref)} cannot be read: ${reply.text.trim()}`
  return `${nameOf(ref)}:\n\n${shownLines(reply.text, { most: MAX_LINES, hint: 'kubectl describe shows them all' })}`
}
