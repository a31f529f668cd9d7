import { certificates } from './certificates.ts'
import { fieldsRun } from './execution/fields-run.ts'
import { whatRuns } from './execution/what-runs.ts'
import type { FactRule } from './fact.ts'
import { rightsOfPods } from './rights-of-pods.ts'
import { rightsOfRoles } from './rights-of-roles.ts'
import { secrets } from './secrets.ts'
import { waysIn } from './ways-in.ts'

/** What an approver must not miss in an object, whatever kind it is and whichever tool writes it. */
export const alwaysOnRules: readonly FactRule[] = [
  whatRuns,
  fieldsRun,
  rightsOfPods,
  rightsOfRoles,
  certificates,
  waysIn,
  secrets,
]
