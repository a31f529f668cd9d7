import type { Tool } from '../tool/define-tool.ts'
import type { Family } from '../tool/family.ts'
import { argoDescribe } from './read/describe.ts'
import { argoHistory } from './read/history.ts'
import { argoListAnalysisruns } from './read/list-analysisruns.ts'
import { argoListExperiments } from './read/list-experiments.ts'
import { argoListRollouts } from './read/list-rollouts.ts'
import { argoStatus } from './read/status.ts'
import { argoAbortRollout } from './write/abort-rollout.ts'
import { argoPauseRollout } from './write/pause-rollout.ts'
import { argoPromote } from './write/promote.ts'
import { argoResumeRollout } from './write/resume-rollout.ts'
import { argoRetryRollout } from './write/retry-rollout.ts'
import { argoRolloutRestart } from './write/rollout-restart.ts'
import { argoSetImage } from './write/set-image.ts'
import { argoUndo } from './write/undo.ts'

/** Those that look, then those that change. */
const tools: readonly Tool[] = [
  argoListRollouts,
  argoStatus,
  argoDescribe,
  argoHistory,
  argoListAnalysisruns,
  argoListExperiments,
  argoPromote,
  argoPauseRollout,
  argoResumeRollout,
  argoAbortRollout,
  argoRetryRollout,
  argoSetImage,
  argoRolloutRestart,
  argoUndo,
]

/** Argo Rollouts, by its objects in the cluster. */
export const argo: Family = { name: 'argo', tools }
