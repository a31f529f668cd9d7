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
import { jenkinsWhoami } from './read/whoami.ts'
import { jenkinsStopBuild } from './write/stop-build.ts'
import { jenkinsTriggerBuild } from './write/trigger-build.ts'
import { jenkinsUpdateBuild } from './write/update-build.ts'

/** Those that look, then those that change. */
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
]

/** A Jenkins, by its remote API. */
export const jenkins: Family = { name: 'jenkins', tools }
