import { metaKeys } from '@fairlead/contract/tool-meta'
import type { ApiServer } from '@fairlead/testing/api-server'
import { startRedis } from '@fairlead/testing/redis'
import { sharedApiServer, sharedRedis } from '@fairlead/testing/shared-servers'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { askToConfirm, createTestEngine, grantsGrowOld, startTestMcp, type TestEngine } from '../mcp-server.fixture.ts'

let cluster: ApiServer
beforeAll(async () => {
  cluster = await sharedApiServer()
})
const closes: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closes.splice(0).toReversed()) await close()
})

async function twoReplicas(env: Record<string, string>) {
  const engine: TestEngine = await createTestEngine()
  closes.push(() => engine.remove())
  const start = async () => {
    const mcp = await startTestMcp(cluster.kubeconfig, { engine, env: { MCP_REPLICAS: '2', ...env } })
    closes.push(() => mcp.close())
    return mcp
  }
  const [one, two] = [await start(), await start()]
  const namespace = await cluster.newNamespace('replicas')
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  /** A granted creation; the same grant can be sent to either replica. */
  const approved = async (name: string) => {
    const content = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: name } })
    const args = { content, namespace }
    const preview = await one.preview('k8s_apply', args)
    const grant = engine.grant({ tool: 'k8s_apply', args, preview })
    return (replica: typeof one) => replica.call('k8s_apply', args, { [metaKeys.grant]: grant })
  }
  const exists = async (name: string) => (await cluster.request('GET', `${path}/${name}`)).status === 200
  return { one, two, namespace, approved, exists }
}
type Replicas = Awaited<ReturnType<typeof twoReplicas>>

/** Both at once and once more: one of them wrote, the others know that it is used. */
async function expectOneUse({ one, two, approved, exists }: Replicas): Promise<void> {
  const run = await approved('once')
  const answers = await Promise.all([run(one), run(two)])
  answers.push(await run(one), await run(two))
  expect(answers.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1)
  expect(answers.filter(({ data }) => data?.grant_error === 'used')).toHaveLength(3)
  expect(await exists('once')).toBe(true)
}

/** A grant of before the loss is refused, one of after it is good. */
async function expectNothingReopened({ one, two, approved, exists }: Replicas, lose: () => Promise<unknown>) {
  const spent = await approved('spent')
  expect(await spent(one)).toMatchObject({ outcome: 'succeeded' })
  const unused = await approved('unused')
  await grantsGrowOld()
  await lose()
  const answerOf = async (run: typeof spent) => (await run(two)).data?.grant_error
  await expect.poll(() => answerOf(spent), { timeout: 10_000 }).toBe('before_start')
  expect(await answerOf(unused)).toBe('before_start')
  expect(await exists('unused')).toBe(false)
  // Grants and the store's mark carry whole seconds: one of the mark's own second counts as older.
  const anew = async () => (await (await approved('anew'))(one)).outcome
  await expect.poll(anew, { timeout: 10_000 }).toBe('succeeded')
}

/** The same yes to both at once, and to each once more: one of them wrote. */
async function expectOneConfirmation({ one, two, namespace, exists }: Replicas): Promise<void> {
  await grantsGrowOld()
  const content = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"asked"}}'
  const sayYes = await askToConfirm(one, { name: 'k8s_apply', arguments: { content, namespace } })
  const answers = await Promise.all([sayYes(one), sayYes(two)])
  answers.push(await sayYes(one), await sayYes(two))
  expect(answers.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1)
  const used = 'Refused: not confirmed: this answer has been used already. Nothing was written.'
  expect(answers.filter(({ output }) => output === used)).toHaveLength(3)
  expect(await exists('asked')).toBe(true)
}

test('with Redis a grant is used once over two servers, and a store that lost its data reopens nothing', async () => {
  const redis = await startRedis()
  closes.push(() => redis.stop())
  const replicas = await twoReplicas({ MCP_GRANT_STORE: 'redis', MCP_GRANT_REDIS_URL: redis.url })
  await expectOneUse(replicas)
  await expectNothingReopened(replicas, () => redis.restart())
})

test('with Leases a grant is used once over two servers, and Leases that were deleted reopen nothing', async () => {
  const store = await cluster.newNamespace('leases')
  const replicas = await twoReplicas({ MCP_GRANT_STORE: 'kubernetes', MCP_GRANT_NAMESPACE: store })
  await expectOneUse(replicas)
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${store}/leases`
  await expectNothingReopened(replicas, () => cluster.request('DELETE', leases))
})

test.each(['redis', 'kubernetes'])(
  'with MCP_GRANT_STORE=%s a confirmation is used once over two servers',
  async (kind) => {
    const redis = await sharedRedis()
    const store = { MCP_GRANT_REDIS_URL: redis.url, MCP_GRANT_NAMESPACE: await cluster.newNamespace('leases') }
    await expectOneConfirmation(await twoReplicas({ MCP_MODE: 'confirm', MCP_GRANT_STORE: kind, ...store }))
  },
)
