import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { InvalidInput } from '../../input/invalid-input.ts'
import { optional } from '../../input/parameter.ts'
import { bool, type Reader } from '../../input/reader.ts'
import { shownValue } from '../../input/shown-value.ts'
import { requireSuccess } from '../../jenkins-http/jenkins-answer.ts'
import type { JenkinsContext } from '../../jenkins-http/jenkins-context.ts'
import { JENKINS_API_VERSION, type JenkinsObjectPlan, type JenkinsPlan } from '../../jenkins-http/jenkins-plan.ts'
import { apiPath, jobPath } from '../../jenkins-http/job-path.ts'
import { AnswerLost } from '../../target/answer-lost.ts'
import type { Settled } from '../../target/plan.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { type JobParameter, parameterFields, parametersIn } from '../shared/job-parameters.ts'
import { addressOf, apiUrl, credentialsRef, job, verifiesTls } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

const MAX_VALUE_CHARS = 65_536
const QUEUE_SECONDS = 60
/** Between looks at the queue; the last one repeats. */
const pauses = [1, 2, 4, 5]

type Values = Readonly<Record<string, string>>

/** Values by name: strings, numbers and bools, as a form carries them. */
const values: Reader<Values> = {
  wire: { type: 'object' },
  read(parameter, value) {
    if (!isRecord(value)) throw new InvalidInput(`${parameter} must be an object, got ${shownValue(value)}.`)
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, valueText(`${parameter}.${name}`, each)]),
    )
  },
}

function valueText(parameter: string, value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') throw new InvalidInput(`${parameter} must be a string, a number or a bool.`)
  if (value.includes('\0')) throw new InvalidInput(`${parameter} must not contain NUL.`)
  if (value.length > MAX_VALUE_CHARS)
    throw new InvalidInput(`${parameter} has ${value.length} characters. At most ${MAX_VALUE_CHARS} are allowed.`)
  return value
}

export const jenkinsTriggerBuild = defineTool({
  name: 'jenkins_trigger_build',
  title: 'Jenkins: Trigger Build',
  description: 'Start a build of a job. Read jenkins_get_job_parameters first.',
  changes: 'add',
  idempotent: false,
  openWorld: true,
  input: z.object({
    api_url: apiUrl,
    jobFullName: job,
    credentials_ref: credentialsRef,
    parameters: optional('parameters', values, null),
    verify: verifiesTls,
    wait_for_start: optional('wait_for_start', bool, true),
  }),
  seconds: ({ wait_for_start }) => (wait_for_start ? QUEUE_SECONDS + 30 : 30),
  async plan(args, context): Promise<JenkinsPlan> {
    const address = addressOf(args)
    const { full } = args.jobFullName
    const connection = await context.jenkins(address)
    const path = apiPath(jobPath(args.jobFullName), `buildable,inQueue,queueItem[why],${parameterFields}`)
    const { body } = await readJson(connection, path, `job ${full}`)
    if (body.buildable === false) throw new ToolError('Refused', `job ${full} is disabled: it cannot be built.`)
    const definitions = parametersIn(body)
    const given = args.parameters ?? {}
    requireKnown(given, definitions, full)
    for (const definition of definitions) requireFitting(definition, given[definition.name])
    const whole = { ...defaultsOf(definitions), ...given }
    const why = isRecord(body.queueItem) && typeof body.queueItem.why === 'string' ? `: ${body.queueItem.why}` : ''
    /** The number of the item in the queue that the request has made. */
    let item: string | undefined
    const objectPlan: JenkinsObjectPlan = {
      ref: { cluster: '', apiVersion: JENKINS_API_VERSION, kind: 'JenkinsBuild', name: full },
      action: 'invoke',
      after: buildObject(full, whole),
      said: given,
      basis: 'external',
      address,
      signals:
        body.inQueue === true ? [{ risk: 'medium', reason: `a build of ${full} is in the queue already${why}` }] : [],
      async act(jenkins) {
        const verb = definitions.length > 0 ? 'buildWithParameters' : 'build'
        const answer = await jenkins.post(`${jobPath(args.jobFullName)}/${verb}`, given)
        requireSuccess(answer, `a build of ${full}`)
        item = queueItemOf(answer.headers.location)
        if (item === undefined)
          throw new AnswerLost(`Jenkins has taken the build of ${full}, and does not say where in its queue`)
      },
    }
    return {
      objects: [{ plan: async () => objectPlan }],
      summary: () => `Build ${full}${valueWords(whole)}`,
      undo: () => ({ impossible: 'what a build has done is not known; jenkins_stop_build ends one that runs' }),
      report: () => JSON.stringify({ queueId: Number(item), state: 'queued' }),
      settle: async () =>
        args.wait_for_start && item !== undefined
          ? untilStarted(item, connection, context)
          : { output: JSON.stringify({ queueId: Number(item), state: 'queued' }) },
    }
  },
})

function requireKnown(given: Values, definitions: readonly JobParameter[], full: string): void {
  const known = definitions.map(({ name }) => name)
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown === undefined) return
  const list = known.length === 0 ? 'It has none.' : `Its parameters: ${known.join(', ')}.`
  throw new InvalidInput(`parameters has ${shownValue(unknown)}, which is no parameter of job ${full}. ${list}`)
}

/** Jenkins would take a file for an empty one, and any other word for false. */
function requireFitting({ name, type }: JobParameter, value: string | undefined): void {
  if (value === undefined) return
  if (type === 'file') throw new InvalidInput(`parameters.${name} is a file, which cannot be given here. Leave it out.`)
  if (type === 'boolean' && value !== 'true' && value !== 'false')
    throw new InvalidInput(`parameters.${name} must be true or false, got ${shownValue(value)}.`)
}

/** As they will arrive when nothing is said. */
function defaultsOf(definitions: readonly JobParameter[]): Values {
  return Object.fromEntries(
    definitions.map((each) => [
      each.name,
      String(each.default ?? (each.type === 'choice' ? (each.choices?.[0] ?? '') : '')),
    ]),
  )
}

function buildObject(full: string, parameters: Values): KubeObject {
  return { apiVersion: JENKINS_API_VERSION, kind: 'JenkinsBuild', metadata: { name: full }, parameters }
}

const MAX_IN_WORDS = 3

function valueWords(whole: Values): string {
  const names = Object.keys(whole)
  if (names.length === 0) return ''
  const more = names.length > MAX_IN_WORDS ? ` and ${names.length - MAX_IN_WORDS} more` : ''
  return ` with ${names.slice(0, MAX_IN_WORDS).join(', ')}${more}`
}

/** The number alone: an address that Jenkins names is not gone to. */
function queueItemOf(location: string | undefined): string | undefined {
  return /\/queue\/item\/(\d+)\/?$/.exec(location ?? '')?.[1]
}

async function untilStarted(
  item: string,
  connection: Awaited<ReturnType<JenkinsContext['jenkins']>>,
  { signal, progress }: Pick<JenkinsContext, 'signal' | 'progress'>,
): Promise<Settled> {
  const until = performance.now() + QUEUE_SECONDS * 1000
  let said = ''
  let why: unknown = null
  for (let round = 0; performance.now() < until; round++) {
    const { body } = await readJson(connection, `/queue/item/${item}/api/json`, `item ${item} of the queue`)
    if (body.cancelled === true)
      throw new ToolError('Cancelled', `item ${item} was taken out of the queue before its build began.`)
    if (isRecord(body.executable)) {
      const { number, url } = body.executable
      progress('status', `build ${String(number)} has begun\n`)
      return { output: JSON.stringify({ buildNumber: number, url }), data: { buildNumber: number, done: true } }
    }
    why = body.why
    const line = `in the queue: ${String(why ?? 'waiting')}`
    if (line !== said) progress('status', `${line}\n`)
    said = line
    await sleep((pauses[round] ?? pauses.at(-1) ?? 5) * 1000, undefined, { signal })
  }
  return {
    output: JSON.stringify({ queueId: Number(item), state: 'queued', why }),
    data: { queueId: Number(item), done: false },
  }
}
