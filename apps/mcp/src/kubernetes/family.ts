import type { Tool } from '../tool/define-tool.ts'
import type { Family } from '../tool/family.ts'
import { k8sApiResources } from './read/api-resources.ts'
import { k8sCanI } from './read/can-i.ts'
import { k8sClusterInfo } from './read/cluster-info.ts'
import { k8sContexts } from './read/contexts.ts'
import { k8sDescribe } from './read/describe.ts'
import { k8sDiff } from './read/diff.ts'
import { k8sEvents } from './read/events.ts'
import { k8sExplain } from './read/explain.ts'
import { k8sGet } from './read/get.ts'
import { k8sLogs } from './read/logs.ts'
import { k8sNodeLogs } from './read/node-logs.ts'
import { k8sNodeStats } from './read/node-stats.ts'
import { k8sRolloutHistory } from './read/rollout-history.ts'
import { k8sRolloutStatus } from './read/rollout-status.ts'
import { k8sTopNodes } from './read/top-nodes.ts'
import { k8sTopPods } from './read/top-pods.ts'
import { k8sTree } from './read/tree.ts'
import { waitForXSeconds } from './read/wait-for-x-seconds.ts'
import { k8sWhoami } from './read/whoami.ts'
import { k8sApply } from './write/apply.ts'
import { k8sCheckConnectivity } from './write/check-connectivity.ts'
import { k8sCordon } from './write/cordon.ts'
import { k8sDebug } from './write/debug.ts'
import { k8sDelete } from './write/delete.ts'
import { k8sDrain } from './write/drain.ts'
import { k8sExec } from './write/exec.ts'
import { k8sPatch } from './write/patch.ts'
import { k8sPortForward } from './write/port-forward.ts'
import { k8sRevert } from './write/revert.ts'
import { k8sRolloutRestart } from './write/rollout-restart.ts'
import { k8sRolloutUndo } from './write/rollout-undo.ts'
import { k8sRunPod } from './write/run-pod.ts'
import { k8sScale } from './write/scale.ts'
import { k8sSetImage } from './write/set-image.ts'
import { k8sUncordon } from './write/uncordon.ts'

/** Those that look, then those that change; behind them what is off by default. */
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
  k8sNodeLogs,
  k8sNodeStats,
  k8sTree,
  k8sDebug,
  k8sCheckConnectivity,
]

/** Kubernetes itself, natively over its API. */
export const kubernetes: Family = { name: 'k8s', tools }
