import { argo } from './argo/family.ts'
import { helm } from './helm/family.ts'
import { jenkins } from './jenkins/family.ts'
import { kubernetes } from './kubernetes/family.ts'
import type { Family } from './tool/family.ts'

/** All tools, in the order of `tools/list`. */
export const families: readonly Family[] = [kubernetes, helm, argo, jenkins]
