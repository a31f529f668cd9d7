import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { flag, letters, noNamespace, noType } from '../../fixtures/tools/sentences.fixture.ts'
import { k8sCanI } from './can-i.ts'

describeTool(k8sCanI, {
  minimal: { verb: 'get', resource_type: 'pods' },
  good: ({ namespace }) => ({ verb: 'get', resource_type: 'pods', namespace }),
  bad: [
    ['type', { resource_type: '1pod' }, noType('1pod')],
    ['plain word', { subresource: '-x' }, flag('subresource')],
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    [
      'choice',
      { verb: '' },
      'verb "" is not one of *, approve, bind, create, delete, deletecollection, escalate, get, impersonate, list, patch, sign, update, use, watch.',
    ],
    ['whole call', { resource_type: null }, 'verb needs resource_type.'],
  ],
})

let server: ApiServer
let namespace: string
let admin: ReturnType<typeof readTools>
let ann: ReturnType<typeof readTools>

beforeAll(async () => {
  server = await sharedApiServer()
  namespace = await server.newNamespace('may')
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
  const rules = [
    { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] },
    { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'], verbs: ['patch'] },
  ]
  await create(`${path}/roles`, { metadata: { name: 'reader' }, rules })
  await create(`${path}/rolebindings`, {
    metadata: { name: 'readers' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `ann-${namespace}` }],
  })
  admin = readTools({ kubeconfig: server.kubeconfig, namespace })
  ann = readTools({ kubeconfig: await server.user(`ann-${namespace}`), namespace })
}, 60_000)

afterAll(() => Promise.all([admin.close(), ann.close()]))

async function create(path: string, body: object) {
  const { status } = await server.request('POST', path, body)
  expect(status).toBe(201)
}

test.each([
  [
    { verb: 'get', resource_type: 'po' },
    true,
    /^yes: get pods in namespace may-\w+ \(RBAC: allowed by RoleBinding "readers/,
  ],
  [{ verb: 'GET', resource_type: 'pods', subresource: 'log' }, true, /^yes: get pods\/log in namespace/],
  [
    { verb: 'create', resource_type: 'pods', subresource: 'exec' },
    false,
    /^no: create pods\/exec in namespace may-\w+$/,
  ],
  [{ verb: 'patch', resource_type: 'deploy', name: 'web' }, true, /^yes: patch deployments\.apps "web" in namespace/],
  [{ verb: 'patch', resource_type: 'deploy', name: 'db' }, false, /^no: patch deployments\.apps "db" in namespace/],
  [{ verb: 'get', resource_type: 'pods', namespace: 'kube-system' }, false, /^no: get pods in namespace kube-system$/],
  [{ verb: 'delete', resource_type: 'nodes', namespace: 'kube-system' }, false, /^no: delete nodes$/],
])('%j', async (args, allowed, sentence) => {
  const { output, data, error } = await ann.run(k8sCanI, args)
  expect(output).toMatch(sentence)
  expect({ allowed: data?.allowed, error }).toEqual({ allowed, error: undefined })
})

test('without a verb each usual one has its answer', async () => {
  const { data, output, namespace: used } = await ann.run(k8sCanI, { resource_type: 'pods' })
  const allowed = ((data?.rows ?? []) as { verb: string; allowed: boolean }[]).filter((row) => row.allowed)
  expect(allowed.map(({ verb }) => verb)).toEqual(['get', 'list'])
  expect(output).toMatch(/^pods in namespace may-\w+:\nVERB +ALLOWED +REASON\nget +yes /)
  expect(used).toBe(namespace)
})

test('without anything all rights are listed', async () => {
  const { output, data } = await ann.run(k8sCanI)
  expect(output).toMatch(/^RESOURCES +NAMES +VERBS\n/)
  expect(output).toMatch(/^pods,pods\/log +<any> +get,list$/m)
  expect(output).toMatch(/^deployments\.apps +web +patch$/m)
  expect(data).toEqual({ complete: true })
  expect((await admin.run(k8sCanI)).output).toMatch(/^\*\.\* +<any> +\*$/m)
})

test.each([
  [{ verb: 'get' }, 'InvalidArgument: verb needs resource_type.'],
  [{ name: 'web' }, 'InvalidArgument: name needs resource_type.'],
  [
    { verb: 'read', resource_type: 'pods' },
    /^InvalidArgument: verb "read" is not one of \*, approve, bind, create, delete, /,
  ],
  [{ resource_type: 'pods', subresource: '../x' }, /^InvalidArgument: subresource "..\/x" is not a subresource\. /],
  [{ resource_type: 'configmaps', subresource: 'log' }, 'NotFound: configmaps has no subresource "log". It has none.'],
  [{ resource_type: 'pods', subresource: 'logs' }, /^NotFound: pods has no subresource "logs"\. It has (\w+, )*log, /],
  [{ resource_type: 'deploymnets' }, /^NotFound: .*Near names: .*deployments/],
  [{ resource_type: 'pods', name: 'a:b' }, /^InvalidArgument: name "a:b" contains ':'/],
])('%j is refused', async (args, sentence) => {
  expect(await admin.refusal(k8sCanI, args)).toEqual(
    typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
  )
})
