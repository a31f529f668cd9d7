import type { JenkinsBuild, JenkinsJob, JenkinsState } from './jenkins-state.ts'

/** `/job/A/job/B/12/rest` by its parts. */
export function resolve(server: JenkinsState, path: string) {
  const [, jobs = '', rest = ''] = /^((?:\/job\/[^/]+)+)(.*)$/.exec(path) ?? []
  const name = jobs.slice('/job/'.length).replaceAll('/job/', '/')
  const job = server.jobs.get(name)
  if (job === undefined) return isFolder(server, name) ? { name, job, build: undefined, rest } : undefined
  const [, which = '', behind = ''] = /^\/(\d+|last\w+)(\/.*)$/.exec(rest) ?? []
  if (which === '') return { name, job, build: undefined, rest }
  const build = which.startsWith('last')
    ? lastBuild(job, which)
    : job.builds.find(({ number }) => String(number) === which)
  return build === undefined ? undefined : { name, job, build, rest: behind }
}

function isFolder(server: JenkinsState, name: string): boolean {
  return name !== '' && [...server.jobs.keys()].some((each) => each.startsWith(`${name}/`))
}

export function childrenOf(server: JenkinsState, folder: string): object[] {
  const start = folder === '' ? '' : `${folder}/`
  const names = [...server.jobs.keys()]
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length).split('/'))
  const seen = new Map(names.map(([child = '', ...deeper]) => [child, deeper.length > 0]))
  return [...seen].map(([child, hasMore]) => ({
    _class: hasMore ? 'com.cloudbees.hudson.plugins.folder.Folder' : 'hudson.model.FreeStyleProject',
    name: child,
    fullName: `${start}${child}`,
    url: urlOf(server, `${start}${child}`),
    ...(hasMore
      ? { jobs: childrenOf(server, `${start}${child}`) }
      : { color: colorOf(server.jobs.get(`${start}${child}`)) }),
  }))
}

export function folderView(server: JenkinsState, name: string): object {
  return {
    _class: 'com.cloudbees.hudson.plugins.folder.Folder',
    name: name.split('/').at(-1),
    url: urlOf(server, name),
    jobs: childrenOf(server, name),
  }
}

export function jobView(server: JenkinsState, name: string, job: JenkinsJob): object {
  const definitions = job.parameters.map(({ type, name, description = '', default: value, choices }) => ({
    _class: `hudson.model.${type}ParameterDefinition`,
    name,
    type: `${type}ParameterDefinition`,
    description,
    ...(value !== undefined && {
      defaultParameterValue: { _class: `hudson.model.${type}ParameterValue`, name, value },
    }),
    ...(choices && { choices }),
  }))
  const waiting = server.queue.find((item) => item.job === name && item.build === undefined && !item.cancelled)
  return {
    _class: 'hudson.model.FreeStyleProject',
    name: name.split('/').at(-1),
    fullName: name,
    url: urlOf(server, name),
    color: colorOf(job),
    buildable: job.buildable,
    inQueue: waiting !== undefined,
    queueItem: waiting === undefined ? null : { id: waiting.id, why: waiting.why },
    property:
      definitions.length === 0
        ? []
        : [{ _class: 'hudson.model.ParametersDefinitionProperty', parameterDefinitions: definitions }],
    builds: job.builds.map((build) => buildView(server, name, build)),
    nextBuildNumber: (job.builds[0]?.number ?? 0) + 1,
    ...job.more,
  }
}

export function buildView(server: JenkinsState, name: string, build: JenkinsBuild): object {
  const { log: _, parameters, more, ...plain } = build
  const values = Object.entries(parameters).map(([key, value]) => ({ name: key, value }))
  return {
    _class: 'hudson.model.FreeStyleBuild',
    ...plain,
    url: urlOf(server, name, build.number),
    actions: [{ _class: 'hudson.model.ParametersAction', parameters: values }],
    ...more,
  }
}

export function urlOf(server: JenkinsState, name: string, build?: number): string {
  const path = name
    .split('/')
    .map((part) => `/job/${encodeURIComponent(part)}`)
    .join('')
  return `${server.url}${path}/${build === undefined ? '' : `${build}/`}`
}

function lastBuild({ builds }: JenkinsJob, which: string): JenkinsBuild | undefined {
  const fits: Readonly<Record<string, (build: JenkinsBuild) => boolean>> = {
    lastBuild: () => true,
    lastCompletedBuild: ({ building }) => !building,
    lastSuccessfulBuild: ({ result }) => result === 'SUCCESS' || result === 'UNSTABLE',
    lastStableBuild: ({ result }) => result === 'SUCCESS',
    lastFailedBuild: ({ result }) => result === 'FAILURE',
    lastUnstableBuild: ({ result }) => result === 'UNSTABLE',
    lastUnsuccessfulBuild: ({ result }) => result !== null && result !== 'SUCCESS',
  }
  return builds.find(fits[which] ?? (() => false))
}

function colorOf(job: JenkinsJob | undefined): string {
  const [newest] = job?.builds ?? []
  if (newest === undefined) return 'notbuilt'
  const color = newest.result === 'FAILURE' ? 'red' : newest.result === 'SUCCESS' ? 'blue' : 'aborted'
  return newest.building ? `${color}_anime` : color
}
