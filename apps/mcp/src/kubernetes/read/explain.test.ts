import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { noType } from '../../fixtures/tools/sentences.fixture.ts'
import { k8sExplain } from './explain.ts'

describeTool(k8sExplain, {
  minimal: { resource_type: 'pods' },
  good: () => ({ resource_type: 'configmap' }),
  bad: [
    ['type', { resource_type: 'pods,svc' }, noType('pods,svc')],
    [
      'type, field',
      { field: 'spec/x' },
      'field "spec/x" is not a field. A field is a path of names with \'.\' between them, as in spec.template.spec.containers[].image.',
    ],
    ['number', { depth: 4 }, 'depth must be between 1 and 3, got 4.'],
  ],
})

let server: ApiServer
let tools: ReturnType<typeof readTools>

beforeAll(async () => {
  server = await sharedApiServer()
  tools = readTools({ kubeconfig: server.kubeconfig, namespace: 'default' })
}, 60_000)

afterAll(() => tools.close())

const explained = async (args: object) => (await tools.run(k8sExplain, { ...args })).output

test('a type has its description and its fields, one line each', async () => {
  const output = await explained({ resource_type: 'deploy' })
  expect(output).toMatch(/^KIND: {5}Deployment\nVERSION: {2}apps\/v1\n\nDeployment enables declarative updates/)
  expect(output).toMatch(/\nFIELDS:\n {2}apiVersion <string>: /)
  expect(output).toMatch(/\n {2}metadata <ObjectMeta>: /)
  expect(output).toMatch(/\n {2}spec <DeploymentSpec>: Specification of the desired behavior of the Deployment\.\n/)
})

test.each([
  ['spec.replicas', /FIELD: {4}spec\.replicas <integer>\n\nNumber of desired pods\.[^\n]*$/],
  ['spec.strategy.type', /FIELD: {4}spec\.strategy\.type <string>( \(one of Recreate, RollingUpdate\))?\n/],
  ['spec.strategy.rollingUpdate.maxSurge', /<integer or string>|<IntOrString/],
  [
    'spec.template.spec.containers[]',
    /<\[\]Container> \(required\)\n(.*\n)*FIELDS:\n(.*\n)* {2}name <string> \(required\): /,
  ],
  ['spec.template.spec.containers.resources.limits', /<map\[string\]Quantity>\n/],
  ['spec.selector.matchLabels', /<map\[string\]string>\n(.*\n)*FIELDS:\n {2}\* <string>$/],
])('the field %s', async (field, expected) => {
  expect(await explained({ resource_type: 'deployments.apps', field })).toMatch(expected)
})

test('depth shows the fields of fields', async () => {
  const output = await explained({ resource_type: 'deploy', field: 'spec.strategy', depth: 2 })
  expect(output).toMatch(/\n {2}rollingUpdate <RollingUpdateDeployment>: .*\n {4}maxSurge </)
})

test('custom resources have theirs', async () => {
  requireNodes(server)
  const output = await explained({ resource_type: 'logs.kwok.x-k8s.io', field: 'spec.logs' })
  expect(output).toMatch(
    /^KIND: {5}Logs\nVERSION: {2}kwok\.x-k8s\.io\/v1alpha1\nFIELD: {4}spec\.logs <\[\]object> \(required\)\n/,
  )
  expect(output).toMatch(/\nLogs is a list of logs to configure\.\n/)
  expect(output).toMatch(/\n {2}follow <boolean>: Follow up if true\n/)
})

test.each([
  [
    { resource_type: 'deploy', field: 'spec.replica' },
    'NotFound: deployment.apps (apps/v1) has no field "spec.replica". Near names: replicas.',
  ],
  [
    { resource_type: 'deploy', field: 'specs' },
    'NotFound: deployment.apps (apps/v1) has no field "specs". Near names: spec.',
  ],
  [
    { resource_type: 'deploy', field: 'spec.replicas.x' },
    'NotFound: deployment.apps (apps/v1) has no field "spec.replicas.x".',
  ],
  [{ resource_type: 'deploy', depth: 4 }, 'InvalidArgument: depth must be between 1 and 3, got 4.'],
  [
    { resource_type: 'deploy', field: 'spec..replicas' },
    'InvalidArgument: field "spec..replicas" is not a field. A field is a path of names with \'.\' between them, as in spec.template.spec.containers[].image.',
  ],
])('%j is refused', async (args, sentence) => {
  expect(await tools.refusal(k8sExplain, args)).toBe(sentence)
})
