import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import {
  applicationPath,
  differing,
  makeApplication,
  serveApplications,
} from '../fixtures/tools/applications.fixture.ts'

let api: ApiServer
let mcp: TestMcp
let namespace: string
beforeAll(async () => {
  api = await sharedApiServer()
  await serveApplications(api)
  namespace = await api.newNamespace('argo-cd')
  mcp = await startTestMcp(api.kubeconfig, { env: { MCP_TOOLSETS: 'argocd' } })
})
afterAll(() => mcp?.close())

const { revision } = differing.sync
const said = async (tool: string, args: Record<string, unknown>) => {
  const { output, error } = await mcp.call(tool, { namespace, ...args })
  expect(error, output).toBe(false)
  return output
}
const patch = (name: string, body: object) =>
  api.request('PATCH', applicationPath(namespace, name), body, 'application/merge-patch+json')
const objectOf = async (name: string) =>
  (await api.request('GET', applicationPath(namespace, name))).body as {
    operation?: { info?: unknown }
    status: object
  }

test('Applications are listed, shown, and what a sync would do is told', async () => {
  await makeApplication(api, namespace, { name: 'shop' })
  expect(await said('argo_cd_list_apps', {})).toMatch(
    /^shop +shop +OutOfSync +Degraded +- +https:\/\/kubernetes\.default\.svc\/shop +https:\/\/git\.example\/shop, deploy, at main$/m,
  )
  const shown = await said('argo_cd_get_app', { name: 'shop' })
  expect(shown).toContain(`OutOfSync (${revision})`)
  expect(shown).toMatch(/apps\/Deployment shop\/web +OutOfSync/)
  expect((await said('argo_cd_diff_app', { name: 'shop' })).split('\n').slice(1)).toEqual([
    '~ apps/Deployment shop/web: a sync changes it',
    '+ ConfigMap shop/new: not there; a sync creates it',
    '- Secret shop/old: no longer in the source; a sync that prunes deletes it',
  ])
})

test('a sync is of the commit that was compared, and is verified by what Argo CD makes of it', async () => {
  await makeApplication(api, namespace, {
    name: 'sync',
    spec: { syncPolicy: { syncOptions: ['CreateNamespace=true'] } },
  })
  const args = { name: 'sync', namespace, prune: true }
  const { preview, result } = await mcp.approveAndRun('argo_cd_sync_app', args)
  expect(preview.effect).toMatchObject({
    summary: `Sync Application ${namespace}/sync to ${revision}: writes apps/Deployment shop/web, ConfigMap shop/new; deletes Secret shop/old`,
    risk: 'high',
    undo: { impossible: expect.any(String) },
    objects: [
      {
        changes: [
          {
            path: '/operation',
            after: {
              sync: { revision, prune: true, syncOptions: ['CreateNamespace=true'], syncStrategy: { hook: {} } },
            },
          },
        ],
      },
    ],
  })
  expect(result.outcome, result.output).toBe('succeeded')
  expect((await mcp.verify('argo_cd_sync_app', args, preview)).verification?.verdict).toBe('not_yet')

  // What Argo CD does with it.
  const { operation } = await objectOf('sync')
  const taken = (phase: string) =>
    patch('sync', { operation: null, status: { operationState: { phase, message: 'as Argo CD says', operation } } })
  await taken('Running')
  expect((await mcp.verify('argo_cd_sync_app', args, preview)).verification?.verdict).toBe('not_yet')
  expect((await mcp.preview('argo_cd_sync_app', args)).output).toBe(
    `Conflict: Application ${namespace}/sync is being synced already. argo_cd_get_app says how far it is.`,
  )
  await taken('Succeeded')
  expect((await mcp.verify('argo_cd_sync_app', args, preview)).verification?.verdict).toBe('as_approved')
  await taken('Failed')
  const failed = await mcp.verify('argo_cd_sync_app', args, preview)
  expect(failed.verification?.verdict).toBe('not_yet')
  expect(failed.output).toContain('Failed - as Argo CD says')
  await patch('sync', { status: { operationState: { phase: 'Succeeded', operation: { info: null } } } })
  expect((await mcp.verify('argo_cd_sync_app', args, preview)).verification?.verdict).toBe('differs')
})

test.each([
  ['another commit was compared', { status: { sync: { revision: 'f'.repeat(40) } } }],
  ['it has another source', { spec: { source: { path: 'infra' } } }],
  ['it goes to another place', { spec: { destination: { namespace: 'other' } } }],
  ['other objects are to be written', { status: { resources: differing.resources.slice(0, 1) } }],
  [
    'other objects are to be deleted',
    { status: { resources: differing.resources.map((resource) => ({ ...resource, requiresPruning: true })) } },
  ],
])('once %s, nothing is synced', async (what, change) => {
  const name = `moved-${what.replaceAll(' ', '-')}`.toLowerCase()
  await makeApplication(api, namespace, { name })
  const args = { name, namespace, prune: true }
  const preview = await mcp.preview('argo_cd_sync_app', args)
  expect(preview.error, preview.output).toBe(false)
  await patch(name, change)
  const meta = { [metaKeys.grant]: mcp.engine.grant({ tool: 'argo_cd_sync_app', args, preview }) }
  expect(await mcp.call('argo_cd_sync_app', args, meta)).toMatchObject({ code: 'Stale', outcome: 'stale' })
  expect(await objectOf(name)).not.toHaveProperty('operation')
})

test('what Argo CD has not compared yet is not synced', async () => {
  const comparedTo = { source: { repoURL: 'https://git.example/shop', path: 'old' }, destination: {} }
  const status = { ...differing, sync: { ...differing.sync, comparedTo } }
  await makeApplication(api, namespace, { name: 'early', status })
  expect((await mcp.preview('argo_cd_sync_app', { name: 'early', namespace })).output).toBe(
    `Conflict: Application ${namespace}/early was changed, and Argo CD has not compared it since. Wait until argo_cd_get_app shows the comparison with its new source.`,
  )
})

test.each([
  ['as it is written', {}, {}, false],
  [
    'without what is empty, and with what Argo CD puts in',
    { directory: { recurse: true }, helm: { skipCrds: false } },
    { directory: { recurse: true, jsonnet: {} } },
    false,
  ],
  ['with other values', { helm: { valuesObject: { enabled: false } } }, { helm: { valuesObject: {} } }, true],
])('a comparison %s is told from one of another source', async (what, written, compared, isOther) => {
  const name = `compared-${what.replaceAll(/\W+/g, '-')}`.toLowerCase()
  const spec = { source: { repoURL: 'https://git.example/shop', path: 'deploy', targetRevision: 'main', ...written } }
  const place = { server: 'https://kubernetes.default.svc', namespace: 'shop' }
  const comparedTo = { source: { ...spec.source, helm: undefined, ...compared }, destination: place }
  const status = { ...differing, sync: { ...differing.sync, comparedTo } }
  await makeApplication(api, namespace, { name, spec: { ...spec, destination: place }, status })
  const { output, error } = await mcp.preview('argo_cd_sync_app', { name, namespace })
  expect([error, output.includes('has not compared it since')], output).toEqual([isOther, isOther])
})
