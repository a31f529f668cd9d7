import type { Tool } from '../tool/define-tool.ts'
import type { Family } from '../tool/family.ts'
import { argoCdDiffApp } from './read/cd-diff-app.ts'
import { argoCdGetApp } from './read/cd-get-app.ts'
import { argoCdListApps } from './read/cd-list-apps.ts'
import { argoDescribe } from './read/describe.ts'
import { argoGetAnalysisrun } from './read/get-analysisrun.ts'
import { argoHistory } from './read/history.ts'
import { argoListAnalysisruns } from './read/list-analysisruns.ts'
import { argoListExperiments } from './read/list-experiments.ts'
import { argoListRollouts } from './read/list-rollouts.ts'
import { argoStatus } from './read/status.ts'
import { argoAbortRollout } from './write/abort-rollout.ts'
import { argoCdSyncApp } from './write/cd-sync-app.ts'
import { argoPauseRollout } from './write/pause-rollout.ts'
import { argoPromote } from './write/promote.ts'
import { argoResumeRollout } from './write/resume-rollout.ts'
import { argoRetryRollout } from './write/retry-rollout.ts'
import { argoRolloutRestart } from './write/rollout-restart.ts'
import { argoSetImage } from './write/set-image.ts'
import { argoSkipStep } from './write/skip-step.ts'
import { argoTerminateAnalysis } from './write/terminate-analysis.ts'
import { argoUndo } from './write/undo.ts'

/** Those that look, then those that change; behind them what is off by default. */
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
  argoGetAnalysisrun,
  argoTerminateAnalysis,
  argoSkipStep,
  argoCdListApps,
  argoCdGetApp,
  argoCdDiffApp,
  argoCdSyncApp,
]

/** Argo Rollouts, and Argo CD, by their objects in the cluster. */
export const argo: Family = { name: 'argo', tools }
