import { startTestMcp, type TestMcp } from '@fairlead/mcp/fixtures/mcp-server.fixture'
import { drawScenario } from '@fairlead/sandbox/faults/draw-scenario'
import { faultsWithoutPrograms } from '@fairlead/sandbox/faults/scenario'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAsker } from './ask-demo.fixture.ts'
import { placeScenario } from './place-scenario.fixture.ts'
import { seed, someOf } from './seed.fixture.ts'
import { newTally } from './tally.fixture.ts'
import { isHealthy, untilSettled } from './watch-cluster.fixture.ts'
import { placed } from './wordings.fixture.ts'
import { wordsFor } from './words-for.fixture.ts'

const minutes = 60_000
let server: ApiServer
let mcp: TestMcp
const tally = newTally()

beforeAll(async () => {
  server = await sharedApiServer()
  requireNodes(server)
  mcp = await startTestMcp(server.kubeconfig)
}, 2 * minutes)
afterAll(async () => {
  await mcp?.close()
  console.log(`FAIRLEAD_SEED=${seed}\n${tally.table()}`)
})

const isFull = process.env.FAIRLEAD_FULL === '1'
const draws = [...faultsWithoutPrograms, 'none' as const].map((fault, index) => ({
  fault,
  drawn: (seed + index) % 2 ** 31,
}))

test.each(draws)(
  '$fault on a real cluster, drawn by $drawn: found in every wording, and healed',
  async ({ fault, drawn }) => {
    const namespace = await server.newNamespace('shop')
    const scenario = drawScenario({ seed: drawn, namespace, fault, badTags: ['does-not-exist', 'no-such-tag'] })
    await placeScenario(scenario, server)
    await untilSettled(server, namespace, { isFaulty: fault !== 'none' })
    const ask = await createAsker(mcp)
    const [app = ''] = scenario.noticed
    const wrong: string[] = []
    for (const wording of someOf(placed, isFull ? placed.length : 4, drawn)) {
      const { said, proposal } = await ask(wording.of({ ns: namespace, app }), { approves: false })
      const text = said.join('\n')
      wrong.push(...tally.count(fault, wording.name, tally.isRight(scenario, { text, proposal })))
    }
    expect(wrong).toEqual([])
    if (fault === 'none') return
    const { unknown } = scenario
    const question = unknown === undefined ? `fix ${app} in ${namespace}` : wordsFor(unknown, { app, namespace })
    const { said } = await ask(question, { approves: true })
    expect(said.at(-1), said.join('\n---\n')).toMatch(unknown === undefined ? /^### Healed/ : /^Done: /)
    expect(await isHealthy(server, namespace)).toBe(true)
  },
  2 * minutes,
)
