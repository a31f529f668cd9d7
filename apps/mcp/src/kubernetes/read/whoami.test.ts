import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, expect, test } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { k8sWhoami } from './whoami.ts'

describeTool(k8sWhoami, {
  minimal: {},
  good: () => ({}),
  bad: [['known parameter', { user: 'ann' }, '"user" is not a parameter. There are no parameters.']],
})

let server: ApiServer
beforeAll(async () => {
  server = await sharedApiServer()
}, 60_000)

test('says the user and the groups that the API server sees', async () => {
  const tools = readTools({ kubeconfig: await server.user('ann', ['devs', 'oncall']), namespace: 'default' })
  try {
    const { output, data } = await tools.run(k8sWhoami)
    expect(output).toMatch(/^User: +ann\n(.*\n)*Groups: +devs, oncall, system:authenticated\b/)
    expect(data).toMatchObject({ user: 'ann', groups: ['devs', 'oncall', 'system:authenticated'] })
  } finally {
    await tools.close()
  }
})
