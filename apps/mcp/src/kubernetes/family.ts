import type { Family } from '../families.ts'
import type { Tool } from '../tool/define-tool.ts'
import { k8sApiResources } from './api-resources.ts'
import { k8sApply } from './apply.ts'
import { k8sCanI } from './can-i.ts'
import { k8sClusterInfo } from './cluster-info.ts'
import { k8sContexts } from './contexts.ts'
import { k8sCordon } from './cordon.ts'
import { k8sDelete } from './delete.ts'
import { k8sDescribe } from './describe.ts'
import { k8sDiff } from './diff.ts'
import { k8sDrain } from './drain.ts'
import { k8sEvents } from './events.ts'
import { k8sExec } from './exec.ts'
import { k8sExplain } from './explain.ts'
import { k8sGet } from './get.ts'
import { k8sLogs } from './logs.ts'
import { k8sPatch } from './patch.ts'
import { k8sPortForward } from './port-forward.ts'
import { k8sRevert } from './revert.ts'
import { k8sRolloutHistory } from './rollout-history.ts'
import { k8sRolloutRestart } from './rollout-restart.ts'
import { k8sRolloutStatus } from './rollout-status.ts'
import { k8sRolloutUndo } from './rollout-undo.ts'
import { k8sRunPod } from './run-pod.ts'
import { k8sScale } from './scale.ts'
import { k8sSetImage } from './set-image.ts'
import { k8sTopNodes } from './top-nodes.ts'
import { k8sTopPods } from './top-pods.ts'
import { k8sUncordon } from './uncordon.ts'
import { waitForXSeconds } from './wait-for-x-seconds.ts'
import { k8sWhoami } from './whoami.ts'

/** Those that look, then those that change. */
const tools: readonly Tool[] = [
  k8sGet,
  k8sDescribe,
  k8sLogs,
  k8sRolloutStatus,
  k8sRolloutHistory,
  k8sEvents,
  k8sTopPods,
  k8sTopNodes,
  k8sClusterInfo,
  k8sContexts,
  k8sApiResources,
  k8sExplain,
  k8sCanI,
  k8sWhoami,
  waitForXSeconds,
  k8sDiff,
  k8sScale,
  k8sSetImage,
  k8sPatch,
  k8sRolloutRestart,
  k8sRolloutUndo,
  k8sApply,
  k8sDelete,
  k8sRevert,
  k8sCordon,
  k8sUncordon,
  k8sDrain,
  k8sExec,
  k8sRunPod,
  k8sPortForward,
]

/** Kubernetes itself, natively over its API. */
export const kubernetes: Family = { name: 'k8s', tools }
