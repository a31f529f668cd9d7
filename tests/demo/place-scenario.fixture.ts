import { editScenario, makeScenario, type Send } from '@fairlead/sandbox/faults/make-scenario'
import type { Scenario } from '@fairlead/sandbox/faults/scenario'
import { isHealthy, type Requester, until } from './watch-cluster.fixture.ts'

/** Makes a scenario in its namespace; an edit is made once everything runs. */
export async function placeScenario(scenario: Scenario, server: Requester): Promise<void> {
  const send: Send = async (method, path, body, contentType) => {
    const answer = await server.request(method, path, body, contentType)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  await makeScenario(scenario, send)
  if (scenario.edits.length === 0) return
  await until(() => isHealthy(server, scenario.namespace))
  await editScenario(scenario, send)
}
