import type { Tool } from '../define-tool.ts'
import type { Family } from '../families.ts'
import { k8sApply } from './apply.ts'
import { k8sDelete } from './delete.ts'
import { k8sDescribe } from './describe.ts'
import { k8sGet } from './get.ts'
import { k8sLogs } from './logs.ts'
import { k8sRevert } from './revert.ts'
import { k8sRolloutStatus } from './rollout-status.ts'
import { k8sScale } from './scale.ts'

/** Those that look, then those that change. */
const tools: readonly Tool[] = [
  k8sGet,
  k8sDescribe,
  k8sLogs,
  k8sRolloutStatus,
  k8sScale,
  k8sApply,
  k8sDelete,
  k8sRevert,
]

/** Kubernetes itself, natively over its API. */
export const kubernetes: Family = { name: 'k8s', tools }
