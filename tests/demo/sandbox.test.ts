import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestMcp, type TestMcp } from '@fairlead/mcp/fixtures/mcp-server.fixture'
import { drawScenario } from '@fairlead/sandbox/faults/draw-scenario'
import { seededRandom } from '@fairlead/sandbox/faults/random'
import { faults, type Scenario } from '@fairlead/sandbox/faults/scenario'
import { type Sandbox, startSandbox } from '@fairlead/sandbox/start-sandbox'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createAsker } from './ask-demo.fixture.ts'
import { connectSandbox } from './connect-sandbox.fixture.ts'
import { fastClock } from './fast-clock.fixture.ts'
import { placeScenario } from './place-scenario.fixture.ts'
import { seed, someOf } from './seed.fixture.ts'
import { newTally } from './tally.fixture.ts'
import { isHealthy, type Requester, until, untilSettled } from './watch-cluster.fixture.ts'
import { placed, unplaced } from './wordings.fixture.ts'
import { wordsFor } from './words-for.fixture.ts'

const minutes = 60_000
const isFull = process.env.FAIRLEAD_FULL === '1'
/** In full: so many draws of each of the twelve faults and of none, every one asked in all wordings. */
const ROUNDS = isFull ? 16 : 1
const WORDINGS = isFull ? placed.length + unplaced.length : 5
const SPEED = 20
/** So many idle Deployments, of three pods and a Service each, are too many for an answer. */
const CROWD = 30
/** Of the faults, those that show in a pod of its own owner. */
const shownByPods = ['bad-image', 'missing-key', 'wrong-probe-port', 'out-of-memory', 'missing-config'] as const

let folder: string
let sandbox: Sandbox
let server: Requester
let mcp: TestMcp
const bugs: unknown[] = []
let tries = 0
const tally = newTally()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-demo-'))
  sandbox = await startSandbox({ clock: fastClock(SPEED), onBug: (error) => bugs.push(error) })
  server = connectSandbox(sandbox)
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, sandbox.kubeconfig)
  mcp = await startTestMcp(kubeconfig)
}, minutes)
afterAll(async () => {
  await mcp?.close()
  await sandbox?.stop()
  await rm(folder, { recursive: true, force: true })
  console.log(`FAIRLEAD_SEED=${seed}\n${tally.table()}`)
  expect(bugs).toEqual([])
})

const draws = Array.from({ length: ROUNDS }, (_, round) => round).flatMap((round) =>
  [...faults, 'none' as const].map((fault, index) => ({ fault, round, drawn: (seed + round * 100 + index) % 2 ** 31 })),
)

test.each(draws)(
  '$fault, drawn by $drawn: found in every wording, and healed',
  async ({ fault, round, drawn }) => {
    // One of its own for each try: the last one may still be on its way out.
    const namespace = `team-${round}-${drawn.toString(36)}-${tries++}`
    await server.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
    const scenario = drawScenario({ seed: drawn, namespace, fault })
    onTestFinished(async () => void (await server.request('DELETE', `/api/v1/namespaces/${namespace}`)))
    sandbox.addImages(scenario.images)
    await placeScenario(scenario, server)
    await untilSettled(server, namespace, { isFaulty: fault !== 'none' })
    const ask = await createAsker(mcp, { speed: SPEED })
    const [app = ''] = scenario.noticed
    const wrong: string[] = []
    for (const wording of someOf([...placed, ...unplaced], WORDINGS, drawn)) {
      const { said, proposal } = await ask(wording.of({ ns: namespace, app }), { approves: false })
      wrong.push(...tally.count(fault, wording.name, tally.isRight(scenario, { text: said.join('\n'), proposal })))
    }
    expect(wrong).toEqual([])
    if (fault !== 'none') await heal(scenario, { app, ask })
    else await changeTwo(scenario.noticed, { namespace, ask })
  },
  2 * minutes,
)

test(
  'a fault in a crowd is found, with what was not looked at, and healed',
  async () => {
    const drawn = seed % 2 ** 31
    const namespace = `crowd-${drawn.toString(36)}-${tries++}`
    await server.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
    onTestFinished(async () => void (await server.request('DELETE', `/api/v1/namespaces/${namespace}`)))
    for (let number = 0; number < CROWD; number++) {
      const name = `idle-${number}`
      const labels = { app: name }
      const container = { name, image: `${name}:1.0`, ports: [{ containerPort: 80 }] }
      const template = { metadata: { labels }, spec: { containers: [container] } }
      const spec = { replicas: 3, selector: { matchLabels: labels }, template }
      const service = { selector: labels, ports: [{ port: 80 }] }
      const metadata = { name }
      await server.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, { metadata, spec })
      await server.request('POST', `/api/v1/namespaces/${namespace}/services`, { metadata, spec: service })
    }
    const fault = seededRandom(drawn).pick(shownByPods)
    const scenario = drawScenario({ seed: drawn, namespace, fault })
    await until(() => isHealthy(server, namespace))
    sandbox.addImages(scenario.images)
    await placeScenario(scenario, server)
    await untilSettled(server, namespace, { isFaulty: true })
    const ask = await createAsker(mcp, { speed: SPEED })
    const [app = ''] = scenario.noticed
    for (const question of [`what is the matter in ${namespace}?`, `${app} in ${namespace} fails, why?`]) {
      const { said, proposal } = await ask(question, { approves: false })
      const text = said.join('\n')
      expect(tally.isRight(scenario, { text, proposal })).toBeUndefined()
      expect(text).toMatch(/I have read a part of it only: .*\d+ of \d+ pods/)
    }
    await heal(scenario, { app, ask })
  },
  2 * minutes,
)

/** Two things in one breath are proposed, and done, one after the other. */
async function changeTwo([first = '', second = '']: string[], { namespace, ask }: Omit<Place, 'app'>): Promise<void> {
  const question = `in ${namespace}: scale ${first} to 5 and afterwards restart ${second}`
  const { calls, said } = await ask(question, { approves: true })
  const made = calls.filter(({ tool }) => tool === 'k8s_scale' || tool === 'k8s_rollout_restart')
  expect(
    made.map(({ args: { name, replicas } }) => [name, replicas]),
    said.join('\n---\n'),
  ).toEqual([
    [first, 5],
    [second, undefined],
  ])
  expect(said.at(-1)).toContain('Done: ')
}

type Place = { namespace: string; app: string; ask: Awaited<ReturnType<typeof createAsker>> }

async function heal({ fault, namespace, unknown }: Scenario, { app, ask }: Omit<Place, 'namespace'>): Promise<void> {
  const question =
    unknown === undefined
      ? `${app} in ${namespace} does not work, please repair it`
      : wordsFor(unknown, { app, namespace })
  const { said } = await ask(question, { approves: true })
  const text = `${fault}: ${said.join('\n---\n')}`
  expect(said.at(-1), text).toMatch(unknown === undefined ? /^### Healed/ : /^Done: /)
  // Those that could not reach it find out by themselves.
  await until(() => isHealthy(server, namespace))
}
