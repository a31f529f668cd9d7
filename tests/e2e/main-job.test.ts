import type { AuditEvent } from '@fairlead/contract/endpoints/audit'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import type { ModelFormat } from '@fairlead/testing/model/model-request'
import type { Reply } from '@fairlead/testing/model/model-script'
import { type ModelServer, startModelServer } from '@fairlead/testing/model/scripted-model-server'
import { sharedApiServer, sharedPostgres, sharedRedis } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newChance } from './chance.fixture.ts'
import { expectReconciled } from './expect-reconciled.fixture.ts'
import { productWrites } from './kube-writes.fixture.ts'
import { newPerson, type Person } from './person.fixture.ts'
import { namesOf, only, textOf } from './read-events.fixture.ts'
import { seenSoFar } from './seen-so-far.fixture.ts'
import { newFolder, startUp, type Up } from './start-up.fixture.ts'
import { crashedPod, createDeployment, readDeployment, writeLog } from './workloads.fixture.ts'

const chance = newChance()
const model = { openai: 'openai/scripted', anthropic: 'anthropic/scripted' } as const
const storage = {
  embedded: async (): Promise<Record<string, string>> => ({}),
  'Postgres and Redis': async (): Promise<Record<string, string>> => ({
    POSTGRES_DATABASE_URL: await (await sharedPostgres()).newDatabase(),
    REDIS_URL: await (await sharedRedis()).newDatabase(),
  }),
}

/** Does what it is asked to, by what the tools said before. */
function operator(request: Parameters<typeof seenSoFar>[0]): Reply {
  if (!request.isStreamed) return { text: 'An answer' }
  const { message, answers, canWrite } = seenSoFar(request)
  const scale = /^scale (\S+) in (\S+) to (\d+)$/.exec(message)
  if (scale) return scaling({ name: scale[1] ?? '', namespace: scale[2] ?? '', replicas: Number(scale[3]) })
  const why = /^why does (\S+) fail in (\S+)\?$/.exec(message)
  if (why) return lookingInto(why[1] ?? '', why[2] ?? '')
  return { text: 'I can scale, and look into what fails.' }

  function scaling(args: { name: string; namespace: string; replicas: number }): Reply {
    const last = answers.at(-1)
    if (last?.tool === 'k8s_scale') return { text: `The tool said: ${last.text}` }
    if (!canWrite) return toLoad
    return { text: 'I will scale it.', toolCalls: [tool('k8s_scale', { resource_type: 'deployment', ...args })] }
  }

  function lookingInto(app: string, namespace: string): Reply {
    const answerOf = (name: string) => answers.find(({ tool }) => tool === name)?.text ?? ''
    if (answers.length === 0) return { toolCalls: [tool('k8s_get', { resource_type: 'pods', namespace })] }
    const pod = answerOf('k8s_get').match(new RegExp(`^${app}\\S*`, 'm'))?.[0] ?? 'no-such-pod'
    if (answers.length === 1) {
      return {
        reasoning: `It is ${pod} that does not run.`,
        toolCalls: [
          tool('k8s_describe', { resource_type: 'pod', name: pod, namespace }),
          tool('k8s_logs', { pod_name: pod, namespace, previous: true }),
        ],
      }
    }
    const state = answerOf('k8s_describe').match(/Last state: +(.*?), /)?.[1]
    const line = answerOf('k8s_logs').match(/panic: .*/)?.[0]
    return { text: `${pod} restarts because of "${line}" (${state}).` }
  }
}

const tool = (name: string, args: Record<string, unknown>) => ({ name, args })
const toLoad: Reply = { toolCalls: [tool('load_toolset', { toolset: 'k8s', include_write_tools: true })] }

describe.each(['openai', 'anthropic'] as ModelFormat[])('with a model that speaks %s', (format) => {
  describe.each(Object.keys(storage) as (keyof typeof storage)[])('kept on %s', (kept) => {
    const owned = new AsyncDisposableStack()
    let server: ApiServer
    let scripted: ModelServer
    let up: Up
    let person: Person

    beforeAll(async () => {
      server = await sharedApiServer()
      requireNodes(server)
      scripted = owned.adopt(await startModelServer(operator), (started) => started.close())
      const folder = owned.use(await newFolder())
      up = owned.adopt(
        await startUp({
          args: ['--port', '0', '--state', 'state', '--kubeconfig', server.kubeconfig],
          env: {
            LLM_MODEL: model[format],
            LLM_HOST: scripted.url,
            OPENAI_API_KEY: 'key',
            ANTHROPIC_API_KEY: 'key',
            ...(await storage[kept]()),
          },
          cwd: folder.path,
        }),
        async (started) => void (await started.stop()),
      )
      person = await newPerson(up, `${chance.name('ada')}@example.com`)
    }, 180_000)
    afterAll(() => owned.disposeAsync())

    test('a workload is scaled once, as approved, and scaled back', { timeout: 120_000 }, async () => {
      const namespace = await server.newNamespace(chance.name('shop'))
      const name = chance.name('web')
      const [before, after] = [chance.number(1, 3), chance.number(4, 7)]
      const place = { server, namespace }
      await createDeployment(place, { name, replicas: before })
      await expect.poll(async () => (await readDeployment(place, name)).status.readyReplicas).toBe(before)

      const proposal = await person.ask(`scale ${name} in ${namespace} to ${after}`)
      const start = ['ready', 'generation.start', 'generation.complete', 'generation.start', 'generation.complete']
      const pause = ['tools.pending', 'tool.awaiting_approval', 'completed', 'workflow_complete']
      expect(namesOf(proposal)).toEqual([...start, ...pause])
      const approval = only(proposal, 'tool.awaiting_approval')
      expect(approval.effect).toMatchObject({
        summary: `Scale ${name} ${before} → ${after} in ${namespace}`,
        basis: 'server',
        objects: [
          {
            kind: 'Deployment',
            namespace,
            name,
            action: 'update',
            changes: [{ path: '/spec/replicas', before, after }],
          },
        ],
      })
      expect((await readDeployment(place, name)).spec.replicas).toBe(before)
      expect(productWrites(server, namespace)).toEqual([])

      const wrong = await person.request('POST', `/agent/approvals/${approval.call_id}`, {
        approve: true,
        conversation_id: approval.conversation_id,
        args_digest: approval.args_digest,
        effect_digest: '0'.repeat(64),
      })
      expect(wrong).toMatchObject({ status: 409, body: { detail: 'The effect has changed' } })

      const approved = await person.decide(approval, true)
      expect(namesOf(approved)).toEqual(afterApproval)
      expect(only(approved, 'tool.verified')).toMatchObject({ verdict: 'as_approved' })
      expect(textOf(approved)).toContain(`${name} scaled ${before} -> ${after}`)
      expect(textOf(approved)).toContain('as_approved')
      const scaled = await readDeployment(place, name)
      expect(scaled.spec.replicas).toBe(after)
      expect(scaled.status.readyReplicas).toBe(after)

      const undoing = await person.undo(approval)
      expect(namesOf(undoing)).toEqual(['ready', ...pause])
      const undo = only(undoing, 'tool.awaiting_approval')
      expect(undo.effect.summary).toBe(`Scale ${name} ${after} → ${before} in ${namespace}`)
      expect((await readDeployment(place, name)).spec.replicas).toBe(after)
      expect(only(await person.decide(undo, true), 'tool.verified')).toMatchObject({ verdict: 'as_approved' })
      expect((await readDeployment(place, name)).spec.replicas).toBe(before)

      await expect.poll(() => productWrites(server, namespace).length).toBeGreaterThanOrEqual(2)
      expect(
        productWrites(server, namespace).map(({ userAgent, responseStatus }) => ({
          call: userAgent.split('call/')[1],
          code: responseStatus.code,
        })),
      ).toEqual([
        { call: approval.call_id, code: 200 },
        { call: undo.call_id, code: 200 },
      ])
      await expectOnRecord(approval.conversation_id, approval.call_id)
      expect(await expectReconciled(server, [namespace], person)).toBe(2)
    })

    test('why something fails is answered with what was read', { timeout: 120_000 }, async () => {
      const namespace = await server.newNamespace(chance.name('shop'))
      const place = { server, namespace }
      const [name, database] = [chance.name('checkout'), chance.name('db')]
      await createDeployment(place, { name: chance.name('web'), replicas: 2 })
      await createDeployment(place, { name, image: 'registry.example/checkout:simulate-crashloop' })
      const pod = await crashedPod(place, name)
      const evidence = `panic: cannot reach ${database}:${chance.number(1024, 65_535)}`
      await writeLog(place, pod, ['starting', evidence])

      const answered = await person.ask(`why does ${name} fail in ${namespace}?`)
      const read = ['tool.executing', 'tool.result']
      const turn = ['generation.start', 'generation.complete']
      const end = ['completed', 'workflow_complete']
      const reads = [...turn, 'tools.pending', ...read, ...turn, 'tools.pending', ...read, ...read]
      expect(namesOf(answered)).toEqual(['ready', ...reads, ...turn, ...end])
      expect(textOf(answered)).toBe(`${pod} restarts because of "${evidence}" (terminated: Error).`)
      expect(productWrites(server, namespace)).toEqual([])

      const { conversation_id } = only(answered, 'ready')
      const { body } = await person.request('GET', `/conversations/${conversation_id}`)
      expect(JSON.stringify(body)).toContain(evidence)
    })

    async function expectOnRecord(conversationId: string, callId: string) {
      type Verified = { ok: boolean; unsealed: number }
      const verify = async () => (await person.request('GET', '/audit/verify')).body as Verified
      await expect.poll(verify, { timeout: 10_000 }).toMatchObject({ ok: true, unsealed: 0, first_bad: null })
      const { body } = await person.request('GET', `/audit?conversation_id=${conversationId}&limit=200`)
      const { items } = body as { items: AuditEvent[] }
      const ofCall = items.filter(({ call_id }) => call_id === callId).toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
      expect(ofCall.map(({ type }) => type)).toEqual([
        'call.proposed',
        'effect.computed',
        'approval.requested',
        'approval.decided',
        'attempt.started',
        'grant.issued',
        'attempt.ended',
        'call.ended',
        'verdict',
      ])
    }
  })
})

const afterApproval = [
  'ready',
  'tool.approved',
  'tool.executing',
  'tool.result',
  'tool.verified',
  'generation.start',
  'generation.complete',
  'completed',
  'workflow_complete',
]
