import { drawScenario } from '@fairlead/sandbox/faults/draw-scenario'
import { faults, type Scenario } from '@fairlead/sandbox/faults/scenario'
import { shop } from '@fairlead/sandbox/faults/shop'
import { type Sandbox, startSandbox } from '@fairlead/sandbox/start-sandbox'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { connectSandbox } from './connect-sandbox.fixture.ts'
import { fastClock } from './fast-clock.fixture.ts'
import { placeScenario } from './place-scenario.fixture.ts'
import { seed } from './seed.fixture.ts'
import { textsServed } from './texts-served.fixture.ts'
import { type Requester, untilSettled } from './watch-cluster.fixture.ts'

const minutes = 60_000
const SPEED = 20
const ROUNDS = process.env.FAIRLEAD_FULL === '1' ? 12 : 1

let sandbox: Sandbox
let server: Requester
beforeAll(async () => {
  sandbox = await startSandbox({ clock: fastClock(SPEED), images: shop.images })
  server = connectSandbox(sandbox)
})
afterAll(async () => {
  await sandbox?.stop()
  console.log(`FAIRLEAD_SEED=${seed}`)
})

const scenarios = [
  shop,
  ...Array.from({ length: ROUNDS * faults.length }, (_, index) => {
    const fault = faults[index % faults.length] ?? 'bad-image'
    return drawScenario({ seed: (seed + index) % 2 ** 31, namespace: `untold-${index}`, fault })
  }),
]

test.each(scenarios)(
  '$fault in $namespace: no object, event or log tells what the registry knows, beyond what a failure shows',
  async (scenario) => {
    const { namespace, images } = scenario
    await server.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
    onTestFinished(async () => void (await server.request('DELETE', `/api/v1/namespaces/${namespace}`)))
    sandbox.addImages(images)
    await placeScenario(scenario, server)
    expect(disclosed(scenario, await textsServed(server, namespace))).toEqual([])
    await untilSettled(server, namespace, { isFaulty: true })
    expect(disclosed(scenario, await textsServed(server, namespace))).toEqual([])
  },
  minutes,
)

/** Where an answer stands: a tag that nobody runs, memory that a program takes, or a variable beyond its own places. */
function disclosed({ images, manifests, edits }: Scenario, texts: Awaited<ReturnType<typeof textsServed>>): string[] {
  const written = JSON.stringify([manifests, edits])
  const programs = images.flatMap(({ program, commands = {} }) => [program, ...Object.values(commands)])
  const secret = [
    ...images.flatMap(({ name, tags }) => tags.map((tag) => `${name}:${tag}`)).filter((one) => !written.includes(one)),
    ...programs.flatMap(({ memory }) => memory ?? []),
  ]
  // A failing program names what it lacks in its log; what a person has written stands where they wrote it.
  const variables = programs.flatMap(({ needsEnv = [], calls = [] }) => [...needsEnv, ...calls])
  return texts.flatMap(({ where, text, isLog }) => [
    ...secret.filter((word) => stands(word, text)).map((word) => `${where}: ${word}`),
    ...(isLog ? [] : variables.filter((word) => !written.includes(word) && stands(word, text))).map(
      (word) => `${where}: ${word}`,
    ),
    ...(/needsEnv|programs|listens|\btags\b/.test(text) && !isLog ? [`${where}: the words of a program`] : []),
  ])
}

function stands(word: string, text: string): boolean {
  const at = text.indexOf(word)
  return at >= 0 && !/[\w.]/.test(text[at + word.length] ?? '') && !/[\w.]/.test(text[at - 1] ?? '')
}
