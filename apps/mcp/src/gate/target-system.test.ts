import type { Effect, EffectObject } from '@fairlead/contract/effect/effect'
import { beforeEach, describe, expect, test } from 'vitest'
import type { KubeObject } from '../effect/kube-object.ts'
import { AnswerLost } from '../target/answer-lost.ts'
import { refOfObject } from '../target/object-written.ts'
import type { ObjectPlan, Plan } from '../target/plan.ts'
import type { TargetSystem } from '../target/target-system.ts'
import { ToolError } from '../tool/tool-error.ts'
import { answerWrite, type GateDependencies, type WriteRequest } from './answer-write.ts'
import type { CallPurpose } from './call-purpose.ts'
import { type ConfirmationAnswer, createConfirmation } from './confirm/confirm.ts'
import { createMemoryUsedGrants } from './grant/memory-used-grants.ts'

/** A server of jobs in miniature: it can neither try a start nor refuse one whose job has changed meanwhile. */
type JobServer = {
  jobs: Map<string, { enabled: boolean; builds: number }>
  /** What it was sent. */
  started: string[]
  /** How its next answers end; it starts the job first. */
  answers: ('lost' | 'conflict')[]
  basis: ObjectPlan['basis']
}

type JobPlan = ObjectPlan & { job: string }

const jobObject = (name: string, fields: object): KubeObject => ({
  apiVersion: 'jobs.example/v1',
  kind: 'Job',
  metadata: { name },
  ...fields,
})

function jobTarget(server: JobServer): TargetSystem<JobPlan> {
  return {
    heading: 'Job server https://ci.example',
    requireNamed: () => undefined,
    requireWritable: () => undefined,
    enforces: () => false,
    isByPosition: () => false,
    isOvertaken: () => false,
    pins: async () => ({ job_server: 'ci' }),
    surroundings: async () => ({ users: [], given: [], unseen: [] }),
    undoHere: (undo) => undo,
    rights: async (users) => users.map(({ sub }) => ({ user: sub, allowed: true, missing: [] })),
    read: async () => {
      throw new TypeError('Nothing there only reads')
    },
    openSender: ({ mark, requireTime }) => ({
      async send({ job }, { tries }) {
        requireTime()
        server.started.push(`${job} ${mark.split('/')[0]}`)
        const found = server.jobs.get(job)
        if (found !== undefined) found.builds++
        const answer = server.answers.shift()
        if (answer === 'lost') return { outcome: 'unknown', lost: new AnswerLost('no answer came'), tries }
        if (answer === 'conflict')
          return { outcome: 'stale', error: new ToolError('Conflict', 'the job moved.'), isUntouched: true, tries }
        return { outcome: 'succeeded', tries }
      },
    }),
    async verify(object) {
      const builds = server.jobs.get(object.name)?.builds
      const differences = object.changes
        .filter(({ path, after }) => path === '/builds' && after !== builds)
        .map(({ path, after }) => ({ path, approved: after, actual: builds }))
      const verdict = differences.length === 0 ? 'as_approved' : 'differs'
      return { verdict: { ref: refOfObject(object), verdict, differences } }
    },
  }
}

function planJobs(server: JobServer, names: readonly string[]): Plan<JobPlan> {
  return {
    objects: names.map((name) => ({
      async plan() {
        const job = server.jobs.get(name)
        if (job === undefined) throw new ToolError('NotFound', `there is no job ${name}.`)
        const { builds, enabled } = job
        return {
          ref: { cluster: '', apiVersion: 'jobs.example/v1', kind: 'Job', name },
          action: 'invoke',
          before: jobObject(name, { builds, enabled }),
          after: jobObject(name, { builds: builds + 1, enabled }),
          basis: server.basis,
          job: name,
        }
      },
    })),
    summary: (objectPlans) => `Start ${objectPlans.map(({ job }) => job).join(', ')}`,
    undo: () => ({ impossible: 'a build that ran has run' }),
    report: (objectPlans) => `started ${objectPlans.length}`,
  }
}

let server: JobServer
beforeEach(() => {
  server = { jobs: new Map([['deploy', { enabled: true, builds: 3 }]]), started: [], answers: [], basis: 'external' }
})

const used = createMemoryUsedGrants({ isLoopback: true, now: () => Date.now() - 60_000 })
const confirmation = createConfirmation({ redactionKey: undefined, used })
const deps: GateDependencies = {
  mode: 'confirm',
  checkGrant: () => Promise.reject(new TypeError('no grant is used here')),
  confirmation,
  readIdentity: undefined,
}

function requestOf(
  purpose: CallPurpose,
  { names = ['deploy'], answer }: { names?: string[]; answer?: ConfirmationAnswer } = {},
) {
  const context = {
    settings: {
      maxOutputChars: 60_000,
      revealSecrets: false,
      protectedNamespaces: new Set<string>(),
      execReadAllowlist: true,
      allowProtected: false,
      fieldManager: 'fairlead',
      redactionKey: undefined,
    },
    signal: AbortSignal.timeout(30_000),
    now: () => new Date(),
    progress: () => undefined,
  }
  const request: WriteRequest = {
    writeCall: {
      tool: { name: 'jobs_start' },
      args: { names },
      isReadOnly: false,
      plan: async () => planJobs(server, names),
      target: jobTarget(server),
      context,
    },
    purpose,
    identity: undefined,
    countedAs: 'ada',
    host: { answer },
    warn: () => undefined,
    known: () => undefined,
  }
  return answerWrite(request, deps)
}

async function previewed(names?: string[]): Promise<Effect> {
  const { effect } = (await requestOf({ kind: 'preview', rights: [] }, { names })) as { effect: Effect }
  return effect
}

/** Asked, confirmed by the user, and executed; `meanwhile` happens between the confirmation and the execution. */
async function confirmed(names?: string[], meanwhile: () => void = () => undefined) {
  const request = (await requestOf({ kind: 'ungranted' }, { names })) as { requestState: string; inputRequests: object }
  expect(JSON.stringify(request.inputRequests)).toContain('Job server https://ci.example')
  meanwhile()
  const responses = { confirm: { action: 'accept', content: { confirm: true } } }
  const context = { mcpReq: {} } as ConfirmationAnswer['context']
  return requestOf({ kind: 'ungranted' }, { names, answer: { state: request.requestState, responses, context } })
}

describe('a target system that the gate knows nothing of', () => {
  test('is previewed: its objects, its pins, what cannot be taken back', async () => {
    expect(await previewed()).toMatchObject({
      summary: 'Start deploy',
      basis: 'external',
      objects: [{ kind: 'Job', name: 'deploy', action: 'invoke', changes: [{ path: '/builds', before: 3, after: 4 }] }],
      pins: { job_server: 'ci' },
      undo: { impossible: 'a build that ran has run' },
    })
    expect(server.started).toEqual([])
  })

  test('says of an effect that was tried out that nothing refuses it once the objects have changed', async () => {
    expect(await previewed()).not.toHaveProperty('unenforced')
    server.basis = 'server'
    expect(await previewed()).toMatchObject({ basis: 'server', unenforced: true })
  })

  test('is written once a person has confirmed, and read back', async () => {
    const effect = await previewed()
    expect(await confirmed()).toMatchObject({ error: false, outcome: 'succeeded', output: 'started 1', tries: 1 })
    expect(server.started).toEqual(['deploy confirmed'])
    const verify = (objects: EffectObject[]) =>
      requestOf({ kind: 'verify', request: { effect_digest: '', objects, pins: {}, wait_seconds: 0 } })
    expect(await verify(effect.objects)).toMatchObject({ verification: { verdict: 'as_approved' } })
    server.jobs.set('deploy', { enabled: true, builds: 9 })
    expect(await verify(effect.objects)).toMatchObject({ verification: { verdict: 'differs' } })
  })

  test('is not written when what was confirmed has changed', async () => {
    const answer = await confirmed(['deploy'], () => server.jobs.set('deploy', { enabled: true, builds: 4 }))
    expect(answer).toMatchObject({ outcome: 'stale', code: 'Stale' })
    expect(server.started).toEqual([])
  })

  test('is never sent twice: a lost answer is unknown, and what comes after it is not begun', async () => {
    server.jobs.set('test', { enabled: true, builds: 0 })
    server.answers.push('lost')
    expect(await confirmed(['deploy', 'test'])).toMatchObject({
      error: true,
      code: 'Unknown',
      outcome: 'unknown',
      objects: [
        { ref: { name: 'deploy' }, outcome: 'unknown' },
        { ref: { name: 'test' }, outcome: 'failed', error: expect.stringContaining('NotStarted') },
      ],
    })
    expect(server.started).toEqual(['deploy confirmed'])
  })

  test('is not sent again after a conflict, since nothing would refuse a second start', async () => {
    server.answers.push('conflict')
    expect(await confirmed()).toMatchObject({ outcome: 'failed', code: 'Conflict', tries: 1 })
    expect(server.started).toEqual(['deploy confirmed'])
  })
})
