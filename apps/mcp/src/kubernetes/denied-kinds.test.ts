import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'

let cluster: ApiServer
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
let namespace: string
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('denied')
  proxy = await startRecordingProxy(cluster)
  const env = {
    MCP_DENIED_KINDS: 'Secret,roles.rbac.authorization.k8s.io,nothing-of-this-cluster',
    MCP_DEFAULT_NAMESPACE: namespace,
    MCP_TOOLSETS: 'all',
  }
  mcp = await startTestMcp(proxy.kubeconfig, { env })
  for (const [path, name] of [
    ['/api/v1/namespaces/NS/secrets', 'kept'],
    ['/api/v1/namespaces/NS/configmaps', 'open'],
    ['/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles', 'kept'],
  ] as const)
    expect((await cluster.request('POST', path.replace('NS', namespace), { metadata: { name } })).status).toBe(201)
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
})

const manifest = (kind: string, apiVersion = 'v1') => JSON.stringify({ apiVersion, kind, metadata: { name: 'new' } })
const secrets = 'Refused: secrets are closed to this server, by MCP_DENIED_KINDS.'
const roles = 'Refused: roles.rbac.authorization.k8s.io are closed to this server, by MCP_DENIED_KINDS.'

test('a denied kind is not read, by whichever of its names, nor previewed', async () => {
  proxy.seen.length = 0
  for (const [tool, args, sentence] of [
    ['k8s_get', { resource_type: 'secrets' }, secrets],
    ['k8s_get', { resource_type: 'Secret', name: 'kept', output: 'yaml' }, secrets],
    ['k8s_get', { resource_type: 'secrets', all_namespaces: true }, secrets],
    ['k8s_describe', { resource_type: 'secrets.v1.', name: 'kept' }, secrets],
    ['k8s_get', { resource_type: 'roles' }, roles],
    ['helm_list_releases', {}, secrets],
    ['k8s_diff', { content: manifest('Secret') }, secrets],
  ] as const)
    expect((await mcp.call(tool, args)).output, `${tool} ${JSON.stringify(args)}`).toContain(sentence)
  for (const [tool, args, sentence] of [
    ['k8s_apply', { content: manifest('Secret') }, secrets],
    ['k8s_delete', { resource_type: 'role', name: 'kept' }, roles],
    ['k8s_patch', { resource_type: 'secret', name: 'kept', patch: '{"metadata":{"labels":{"a":"b"}}}' }, secrets],
  ] as const)
    expect(await mcp.preview(tool, args), tool).toMatchObject({
      error: true,
      output: expect.stringContaining(sentence),
    })
  expect(proxy.seen.filter(({ path }) => /\/(?:secrets|roles)\b/.test(path))).toEqual([])
})

test('what is not denied is as ever, a kind of that name in another group too', async () => {
  expect((await mcp.call('k8s_get', { resource_type: 'configmaps' })).output).toContain('open')
  expect((await mcp.call('k8s_get', { resource_type: 'rolebindings' })).error).toBe(false)
  const { result } = await mcp.approveAndRun('k8s_apply', { content: manifest('ConfigMap') })
  expect(result.outcome, result.output).toBe('succeeded')
  const tree = await mcp.call('k8s_tree', { resource_type: 'configmap', name: 'open' })
  expect(tree.warnings).toEqual(['Not listed, since they may not be read: roles, secrets.'])
})
