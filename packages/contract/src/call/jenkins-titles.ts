import { type Args, type Titles, text } from './argument-words.ts'

export const jenkinsTitles: Titles = {
  jenkins_get_job: (args) => ofJob('Jenkins job', args),
  jenkins_get_jobs: () => 'Jenkins jobs',
  jenkins_get_build: (args) => ofBuild('', args),
  jenkins_get_last_builds: (args) => ofJob('latest builds of Jenkins job', args),
  jenkins_get_build_log: (args) => ofBuild('log of ', args),
  jenkins_get_job_scm: (args) => ofJob('source of Jenkins job', args),
  jenkins_get_build_scm: (args) => ofBuild('source of ', args),
  jenkins_get_build_changesets: (args) => ofBuild('changes in ', args),
  jenkins_whoami: () => 'who asks Jenkins',
  jenkins_get_job_parameters: (args) => ofJob('parameters of Jenkins job', args),
  jenkins_get_queue: () => 'queue of Jenkins',
  jenkins_get_pipeline_stages: (args) => ofBuild('stages of ', args),
  jenkins_get_test_report: (args) => ofBuild('test report of ', args),
  jenkins_list_artifacts: (args) => ofBuild('artifacts of ', args),
  jenkins_list_nodes: () => 'nodes of Jenkins',
  jenkins_search_jobs: (args) => {
    const keyword = text(args, 'keyword')
    return keyword === undefined ? undefined : `Jenkins jobs matching ${keyword}`
  },
}

function ofJob(what: string, args: Args): string | undefined {
  const job = text(args, 'jobFullName')
  return job === undefined ? undefined : `${what} ${job}`
}

function ofBuild(what: string, args: Args): string | undefined {
  const job = text(args, 'jobFullName')
  if (job === undefined) return undefined
  const { build } = args
  const named =
    typeof build === 'number' || (typeof build === 'string' && /^\d+$/.test(build))
      ? `build ${build}`
      : 'the last build'
  return `${what}${named} of Jenkins job ${job}`
}
