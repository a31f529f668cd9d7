import { valueAt } from '@fairlead/contract/json/json-pointer'
import { applyPatch, fittedPatch, reversePatch } from '../../../effect/json-patch.ts'
import { semanticChanges } from '../../../effect/semantic-changes.ts'
import type { Revision } from '../../../kube/workloads/rollout-revisions.ts'
import type { TemplateHolder } from '../../shared/workload-reference.ts'

/**
 * The present template with what was different in the earlier revision. ReplicaSets keep templates with the server's
 * defaults filled in, which a Rollout does not have: written whole they would look like changes, and stay.
 */
export function formerTemplate({ object, path }: TemplateHolder, from: Revision, to: Revision): Revision['template'] {
  const present = valueAt(object, path)
  const changes = semanticChanges(from.template, to.template)
  const forwards = reversePatch(
    changes.map((change) => ({ path: change.path, before: change.after, after: change.before })),
  )
  try {
    return applyPatch(present, fittedPatch(present, forwards)) as Revision['template']
  } catch (error) {
    // A list in which the controller has put something of its own has no such place.
    if (error instanceof RangeError) return to.template
    throw error
  }
}
