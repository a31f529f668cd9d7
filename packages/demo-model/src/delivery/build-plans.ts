import type { Plan } from '../plan/plan.ts'
import { shownLines } from '../reads/shown-lines.ts'
import { readFailedBuild } from './failed-build.ts'
import { assignmentWords, propose } from './propose.ts'
import type { Assignments } from './read-delivery.ts'
import { readTool } from './read-tool.ts'

type Offered = { offered: ReadonlySet<string> }

export function* listJobs({ offered }: Offered): Plan<string> {
  const { kind, text } = yield* readTool('jenkins_get_jobs', {}, { offered })
  if (kind !== 'answered') return `The jobs of Jenkins cannot be read: ${text.trim()}`
  const { jobs = [] } = bodyIn(text) as { jobs?: { name?: string; color?: string }[] }
  const lines = jobs.map(({ name = '', color }) => `- \`${name}\`${color === undefined ? '' : `: ${stateOf(color)}`}`)
  return jobs.length === 0 ? 'This Jenkins has no jobs.' : `The jobs of this Jenkins:\n\n${lines.join('\n')}`
}

/** Jenkins tells the state of a job by the colour of its ball. */
function stateOf(color: string): string {
  const [base = '', isRunning] = color.split('_')
  const words: Readonly<Record<string, string>> = {
    blue: 'its last build succeeded',
    red: 'its last build failed',
    yellow: 'its last build is unstable',
    aborted: 'its last build was aborted',
    notbuilt: 'not built yet',
    disabled: 'disabled',
  }
  return `${words[base] ?? base}${isRunning === undefined ? '' : ', a build is running'}`
}

export function* listBuilds(job: string, { offered }: Offered): Plan<string> {
  const { kind, text } = yield* readTool('jenkins_get_last_builds', { jobFullName: job }, { offered })
  if (kind !== 'answered') return `The builds of \`${job}\` cannot be read: ${text.trim()}`
  const { builds = [] } = bodyIn(text) as { builds?: { number?: number; result?: string | null }[] }
  const lines = builds.map(({ number, result }) => `- #${number}: ${result ?? 'running'}`)
  return builds.length === 0 ? `\`${job}\` was never built.` : `The newest builds of \`${job}\`:\n\n${lines.join('\n')}`
}

type BuildRef = { job: string; build: number | undefined }

export function* showLog({ job, build }: BuildRef, { offered }: Offered): Plan<string> {
  const { kind, text } = yield* readTool('jenkins_get_build_log', logArgs(job, build), { offered })
  if (kind !== 'answered') return `The log of \`${job}\` cannot be read: ${text.trim()}`
  return `The log of ${buildName(job, build)}:\n\n${shownLines(text, { hint: 'the whole log stands with the call' })}`
}

/** Why a build failed, by its log: the newest one that failed where none is named. */
export function* explainBuild({ job, build }: BuildRef, { offered }: Offered): Plan<string> {
  const number = build ?? (yield* newestFailed(job, { offered }))
  if (typeof number === 'string') return number
  const { kind, text } = yield* readTool('jenkins_get_build_log', logArgs(job, number), { offered })
  if (kind !== 'answered') return `The log of ${buildName(job, number)} cannot be read: ${text.trim()}`
  const { stage, command, line } = readFailedBuild(text)
  const where = [
    ...(stage === undefined ? [] : [`in stage \`${stage}\``]),
    ...(command === undefined ? [] : [`at \`${command}\``]),
  ]
  if (line === undefined) return `The log of ${buildName(job, number)} does not say why:\n\n${shownLines(text)}`
  return [
    `${buildName(job, number)} failed${where.length === 0 ? '' : ` ${where.join(', ')}`}. Its log says:`,
    '',
    `> ${line}`,
    '',
    `Once that is mended, say "build ${job}".`,
  ].join('\n')
}

function* newestFailed(job: string, { offered }: Offered): Plan<number | string> {
  const { kind, text } = yield* readTool('jenkins_get_last_builds', { jobFullName: job }, { offered })
  if (kind !== 'answered') return `The builds of \`${job}\` cannot be read: ${text.trim()}`
  const { builds = [] } = bodyIn(text) as { builds?: { number: number; result: string | null }[] }
  const failed = builds.find(({ result }) => result === 'FAILURE' || result === 'UNSTABLE')
  return failed?.number ?? `None of the newest ${builds.length} builds of \`${job}\` failed.`
}

export function* startBuild(
  { job, parameters }: { job: string; parameters: Assignments },
  { offered }: Offered,
): Plan<string> {
  const isPlain = Object.keys(parameters).length === 0
  const call = { tool: 'jenkins_trigger_build', args: { jobFullName: job, ...(!isPlain && { parameters }) } }
  return yield* propose(call, {
    says: `build \`${job}\`${isPlain ? '' : ` with ${assignmentWords(parameters)}`}`,
    offered,
  })
}

export function* stopBuild({ job, build }: { job: string; build: number }, { offered }: Offered): Plan<string> {
  const call = { tool: 'jenkins_stop_build', args: { jobFullName: job, build: String(build) } }
  return yield* propose(call, { says: `stop ${buildName(job, build)}`, offered })
}

function logArgs(job: string, build: number | undefined): Record<string, unknown> {
  return { jobFullName: job, ...(build !== undefined && { build }) }
}

function buildName(job: string, build: number | undefined): string {
  return build === undefined ? `the last build of \`${job}\`` : `build ${build} of \`${job}\``
}

/** What Jenkins said, within what the tool says about it. */
function bodyIn(text: string): object {
  const { body } = JSON.parse(text) as { body?: unknown }
  return typeof body === 'object' && body !== null ? body : {}
}
