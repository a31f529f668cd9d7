import type { Tool } from '../tool/define-tool.ts'
import type { Family } from '../tool/family.ts'
import { jenkinsGetBuild } from './read/get-build.ts'
import { jenkinsGetBuildChangesets } from './read/get-build-changesets.ts'
import { jenkinsGetBuildLog } from './read/get-build-log.ts'
import { jenkinsGetBuildScm } from './read/get-build-scm.ts'
import { jenkinsGetJob } from './read/get-job.ts'
import { jenkinsGetJobParameters } from './read/get-job-parameters.ts'
import { jenkinsGetJobScm } from './read/get-job-scm.ts'
import { jenkinsGetJobs } from './read/get-jobs.ts'
import { jenkinsGetLastBuilds } from './read/get-last-builds.ts'
import { jenkinsGetPipelineStages } from './read/get-pipeline-stages.ts'
import { jenkinsGetQueue } from './read/get-queue.ts'
import { jenkinsGetTestReport } from './read/get-test-report.ts'
import { jenkinsListArtifacts } from './read/list-artifacts.ts'
import { jenkinsListNodes } from './read/list-nodes.ts'
import { jenkinsSearchJobs } from './read/search-jobs.ts'
import { jenkinsWhoami } from './read/whoami.ts'
import { jenkinsCancelQueueItem } from './write/cancel-queue-item.ts'
import { jenkinsStopBuild } from './write/stop-build.ts'
import { jenkinsTriggerBuild } from './write/trigger-build.ts'
import { jenkinsUpdateBuild } from './write/update-build.ts'

/** Those that look, then those that change; behind them what is off by default. */
const tools: readonly Tool[] = [
  jenkinsGetJobs,
  jenkinsGetJob,
  jenkinsGetJobParameters,
  jenkinsGetJobScm,
  jenkinsGetLastBuilds,
  jenkinsGetBuild,
  jenkinsGetBuildLog,
  jenkinsGetBuildScm,
  jenkinsGetBuildChangesets,
  jenkinsWhoami,
  jenkinsTriggerBuild,
  jenkinsUpdateBuild,
  jenkinsStopBuild,
  jenkinsGetQueue,
  jenkinsGetPipelineStages,
  jenkinsGetTestReport,
  jenkinsListArtifacts,
  jenkinsListNodes,
  jenkinsSearchJobs,
  jenkinsCancelQueueItem,
]

/** A Jenkins, by its remote API. */
export const jenkins: Family = { name: 'jenkins', tools }
