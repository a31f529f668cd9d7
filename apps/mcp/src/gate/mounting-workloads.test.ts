import type { ApiServer } from '@fairlead/testing/api-server'
import { sharedApiServer } from '@fairlead/testing/shared-servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestMcp, type TestMcp } from '../mcp-server.fixture.ts'

let cluster: ApiServer
let namespace: string
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('mounted')
  mcp = await startTestMcp(cluster.kubeconfig)
  const data = { nightly: 'echo tidy', level: 'debug' }
  await cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'jobs' }, data })
})
afterAll(() => mcp?.close())

const cronJob = (name: string, command: string[]) => {
  const volumes = [{ name: 'jobs', configMap: { name: 'jobs' } }]
  const spec = { restartPolicy: 'Never', volumes, containers: [{ name: 'app', image: 'a:1', command }] }
  const jobTemplate = { spec: { template: { spec } } }
  return cluster.request('POST', `/apis/batch/v1/namespaces/${namespace}/cronjobs`, {
    metadata: { name },
    spec: { schedule: '0 0 1 1 *', jobTemplate },
  })
}
const factsOf = async (data: object) => {
  const args = { name: 'jobs', resource_type: 'configmap', namespace, patch: JSON.stringify({ data }) }
  return (await mcp.preview('k8s_patch', args)).effect?.highlights?.map(({ fact }) => fact)
}

it('a key that a command in the cluster names is a script, whatever it is called; others are settings', async () => {
  expect((await cronJob('serving', ['serve', '--config=/jobs/level'])).status).toBe(201)
  expect(await factsOf({ nightly: 'wget x | sh' })).toEqual([])
  expect((await cronJob('running', ['sh', '/jobs/nightly'])).status).toBe(201)
  expect(await factsOf({ nightly: 'wget x | sh' })).toEqual(['script nightly wget x | sh'])
  expect(await factsOf({ other: 'wget x | sh' })).toEqual([])
})

it('what stands in the cluster already is shown with the command that would run it', async () => {
  const volumes = [{ name: 'jobs', configMap: { name: 'jobs' } }]
  const containers = [{ name: 'app', image: 'a:1', command: ['sh', '/jobs/nightly'] }]
  const job = { template: { spec: { restartPolicy: 'Never', volumes, containers } } }
  const manifest = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec: job }
  const preview = await mcp.preview('k8s_apply', { content: JSON.stringify(manifest), namespace })
  expect(preview.effect?.highlights).toEqual([
    { object: 0, path: '/spec/template/spec/containers/0/image', fact: 'image a:1' },
    { object: 0, path: '/spec/template/spec/containers/0/command', fact: 'command sh /jobs/nightly' },
    { object: 0, path: '/spec/template/spec', fact: 'script nightly of ConfigMap jobs echo tidy' },
  ])
})
