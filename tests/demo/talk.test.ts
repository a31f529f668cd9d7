import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ModelMessage } from '@fairlead/agent/model'
import { startTestMcp, type TestMcp } from '@fairlead/mcp/fixtures/mcp-server.fixture'
import { seededRandom } from '@fairlead/sandbox/faults/random'
import { shop } from '@fairlead/sandbox/faults/shop'
import { type Sandbox, startSandbox } from '@fairlead/sandbox/start-sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAsker } from './ask-demo.fixture.ts'
import { connectSandbox } from './connect-sandbox.fixture.ts'
import { fastClock } from './fast-clock.fixture.ts'
import { drawLine, drawOrder } from './orders.fixture.ts'
import { placeScenario } from './place-scenario.fixture.ts'
import { seed } from './seed.fixture.ts'
import { drawTailed } from './tails.fixture.ts'
import { drawTalk, type Shop } from './talk.fixture.ts'
import { drawUnknown } from './unknown.fixture.ts'
import { untilSettled } from './watch-cluster.fixture.ts'

const minutes = 60_000
const COUNT = process.env.FAIRLEAD_FULL === '1' ? 1_000 : 100
const SPEED = 20
/** Of plain orders, so many in a hundred must be understood; of the others it asks what is meant, and takes none for another order. */
const LEAST_UNDERSTOOD = 0.95

let folder: string
let sandbox: Sandbox
let mcp: TestMcp
let ask: Awaited<ReturnType<typeof createAsker>>
/** One of its Deployments fails, so that there is always a change that could be proposed. */
const place: Shop = {
  ns: shop.namespace,
  apps: ['checkout', 'storefront', 'catalog', 'search', 'cart', 'payments', 'sessions', 'mailer'],
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-talk-'))
  sandbox = await startSandbox({ clock: fastClock(SPEED), images: shop.images })
  const server = connectSandbox(sandbox)
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, sandbox.kubeconfig)
  mcp = await startTestMcp(kubeconfig)
  await server.request('POST', '/api/v1/namespaces', { metadata: { name: shop.namespace } })
  await placeScenario(shop, server)
  await untilSettled(server, shop.namespace, { isFaulty: true })
  ask = await createAsker(mcp, { speed: SPEED })
}, 2 * minutes)
afterAll(async () => {
  await mcp?.close()
  await sandbox?.stop()
  await rm(folder, { recursive: true, force: true })
})

test(
  `${COUNT} questions, refusals, suppositions and reports about changes: none is proposed, and what is beyond is said`,
  async () => {
    const random = seededRandom(seed)
    const wrong: string[] = []
    const counts = new Map<string, number>()
    for (let index = 0; index < COUNT; index++) {
      const { frame, text } = drawTalk(random, place)
      counts.set(frame, (counts.get(frame) ?? 0) + 1)
      const { said, proposal } = await ask(text, { approves: false })
      const answer = said.join('\n')
      if (proposal !== undefined) wrong.push(`${frame}: "${text}" is taken for ${JSON.stringify(proposal)}`)
      else if (!answer.includes('goes beyond what I can do')) wrong.push(`${frame}: "${text}" is answered: ${answer}`)
    }
    console.log(`FAIRLEAD_SEED=${seed}: ${COUNT - wrong.length} of ${COUNT} right, of ${JSON.stringify([...counts])}`)
    expect(wrong).toEqual([])
  },
  5 * minutes,
)

test(
  `${COUNT} orders with a word that nobody knows, or between marks: none is proposed, and the word is named`,
  async () => {
    const random = seededRandom(seed)
    const wrong: string[] = []
    for (let index = 0; index < COUNT; index++) {
      const { text, word } = drawTailed(random, place)
      const { said, proposal } = await ask(text, { approves: false })
      const answer = said.join('\n')
      if (proposal !== undefined) wrong.push(`"${text}" is taken for ${JSON.stringify(proposal)}`)
      else if (!answer.includes('goes beyond what I can do')) wrong.push(`"${text}" is answered: ${answer}`)
      else if (word !== undefined && !answer.includes(`\`${word}\``))
        wrong.push(`"${text}" names no ${word}: ${answer}`)
    }
    console.log(`FAIRLEAD_SEED=${seed}: ${COUNT - wrong.length} of ${COUNT} with tails right`)
    expect(wrong).toEqual([])
  },
  5 * minutes,
)

test(
  `${COUNT} questions about what is not there or cannot be known: nothing is proposed, and that is said`,
  async () => {
    const random = seededRandom(seed)
    const wrong: string[] = []
    for (let index = 0; index < COUNT; index++) {
      const text = drawUnknown(random, place)
      const { said, proposal } = await ask(text, { approves: false })
      const answer = said.join('\n')
      if (proposal !== undefined) wrong.push(`"${text}" is taken for ${JSON.stringify(proposal)}`)
      else if (!answer.includes('goes beyond what I can do')) wrong.push(`"${text}" is answered: ${answer}`)
    }
    console.log(`FAIRLEAD_SEED=${seed}: ${COUNT - wrong.length} of ${COUNT} unknown right`)
    expect(wrong).toEqual([])
  },
  5 * minutes,
)

test(
  `${COUNT} plain orders: what is proposed is what was ordered, and hardly any is not understood`,
  async () => {
    const random = seededRandom(seed)
    const wrong: string[] = []
    const missed: string[] = []
    for (let index = 0; index < COUNT; index++) {
      const { text, isMeant } = (index % 8 === 0 ? drawLine : drawOrder)(random, place)
      const { said, proposal } = await ask(text, { approves: false })
      if (proposal === undefined) missed.push(`"${text}": ${said.join('\n').slice(0, 300)}`)
      else if (!isMeant(proposal)) wrong.push(`"${text}" is taken for ${JSON.stringify(proposal)}`)
    }
    const understood = COUNT - missed.length - wrong.length
    console.log(`FAIRLEAD_SEED=${seed}: ${understood} of ${COUNT} orders understood\n${missed.join('\n')}`)
    expect(wrong).toEqual([])
    expect(understood / COUNT).toBeGreaterThanOrEqual(LEAST_UNDERSTOOD)
  },
  5 * minutes,
)

test.each([
  ['should I delete cart?', /goes beyond/],
  ['I do not want you to scale cart to 9', /propose no change/],
  ['what happens if I restart mailer?', /goes beyond/],
  ['set the log level of cart to 4', /did not understand all of it \(`log`/],
  ['compare the configs of cart and payments', /did not understand/],
  ['give cart a cpu limit', /did not understand all of it/],
  ['who deployed last?', /records no person/],
  ['what changed today?', /records no person[\s\S]*audit log/],
  ['warum läuft checkout nicht?', /understand English/],
  ['scale cart to 9, then undo it', /did not understand all of it \(`undo it`\)/],
  ['restart storefront jk', /did not understand all of it \(`jk`\)/],
  ['set the image of search to 8.0.1! lies!', /did not understand all of it \(`lies`\)/],
  ['restart it, then scale cart to 9', /did not understand all of it \(`it`\)/],
  ['delete pod nosuch-1 and deployment cart', /\(`nosuch-1`\)/],
  ['restart cart and then restart nosuch', /\(`nosuch`\)/],
  ['delete deployment cart and pray', /\(`pray`\)/],
  ['kubectl delete deployment cart --dry-run=client', /\(`--dry-run=client`\)/],
  ['does cart run as root?', /I did not understand `root`/],
  ['is the config of mailer correct?', /I did not understand `config`, `correct`/],
  ['is billing healthy?', /No workload, Job or Service here is called `billing`[\s\S]*goes beyond/],
  ['how healthy is the staging cluster?', /There is no namespace `staging`; there are `default`, `shop`/],
  ['how many bugs does cart have?', /goes beyond/],
  ['which pod uses the most memory?', /metrics-server/],
  ['is my boss ok?', /I did not understand `boss`/],
  ['is node-1 ok?', /No workload, Job or Service here is called `node-1`[\s\S]*goes beyond/],
  ['why are you slow?', /guided demo model/],
  ['are you healthy?', /guided demo model/],
  ['are you going to shut down payments?', /goes beyond/],
  ['why are you going to restart cart?', /goes beyond/],
  ['is the log level of cart right?', /goes beyond/],
  ['restart the statefulset sessions', /no object here that fits `sessions`\. Of the kind statefulset there is none/],
  ['kubectl rollout restart statefulset/sessions', /no object here that fits `sessions`/],
  ['in the morning, restart cart', /There is no namespace `morning`[\s\S]*goes beyond/],
  ['in the evening scale cart in shop to 9', /There is no namespace `evening`[\s\S]*goes beyond/],
  ['for once restart cart', /There is no namespace `once`[\s\S]*goes beyond/],
  ['stop searching', /no object here that fits `searching`/],
  ['restart cart and stop it', /did not understand all of it/],
  ['set LOG_LEVEL to debug and scale cart to 3', /did not understand all of it \(`what it is for`\)/],
  ['Explain this. Delete deployment mailer.', /goes beyond/],
  ['reduce the memory of cart by 100Mi', /did not understand all of it/],
])('"%s" is no order, and no wrong claim is made', async (question, answer) => {
  const { said, proposal } = await ask(question, { approves: false })
  expect(proposal).toBeUndefined()
  expect(said.join('\n')).toMatch(answer)
  expect(said.join('\n')).not.toMatch(/nothing wrong/)
})

test('a word that is a name in another namespace alone says what it always does', async () => {
  const server = connectSandbox(sandbox)
  const names = ['attic-eu', 'cellar-eu']
  for (const name of names) await server.request('POST', '/api/v1/namespaces', { metadata: { name } })
  const labels = { app: 'stuck' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx:1.29' }] } }
  const spec = { replicas: 0, selector: { matchLabels: labels }, template }
  const deployments = '/apis/apps/v1/namespaces/cellar-eu/deployments'
  const { status } = await server.request('POST', deployments, { metadata: { name: 'stuck' }, spec })
  expect(status).toBe(201)
  const askInAttic = await createAsker(mcp, { speed: SPEED })
  const { said } = await askInAttic('something in attic-eu looks stuck', { approves: false })
  for (const name of names) await server.request('DELETE', `/api/v1/namespaces/${name}`)
  expect(said.join('\n')).toContain('attic-eu')
  expect(said.join('\n')).not.toContain('did not understand')
})

test.each(['how is mailer doing?', 'why is cart down?', 'mailer is broken, please repair it'])(
  '"%s" is answered, and beside it nothing is proposed',
  async (question) => {
    const { said, proposal } = await ask(question, { approves: false })
    expect(proposal).toBeUndefined()
    expect(said.join('\n')).toMatch(/What you asked about looks well[\s\S]*TAX_SERVICE_REGION[\s\S]*I propose nothing/)
  },
)

test.each([
  ['restart cart', 'I propose to restart cart. It waits for your approval.', 'stop it!'],
  ['restart cart', 'I propose to restart cart. It waits for your approval.', 'please stop that'],
  ['why is checkout down?', '### checkout is down\n\nI propose to set a variable.', 'stop this'],
  ['scale cart in shop to 9', 'Done: deployment.apps/cart scaled 2 -> 9', 'undo that'],
  ['scale cart in shop to 9', 'Done: deployment.apps/cart scaled 2 -> 9', 'roll it back'],
])('after "%s" and "%s", "%s" changes nothing else', async (question, content, reply) => {
  const before: ModelMessage[] = [
    { role: 'user', content: question },
    { role: 'assistant', content },
  ]
  const { said, proposal } = await ask(reply, { approves: false, before })
  expect(proposal).toBeUndefined()
  expect(said.join('\n')).toMatch(/I propose no change[\s\S]*goes beyond/)
})

test.each(['yes', 'yes, go ahead', 'please do', 'approved'])(
  '"%s" to a finding shows its change again',
  async (reply) => {
    const question = 'why is checkout down?'
    const { said } = await ask(question, { approves: false })
    const before: ModelMessage[] = [
      { role: 'user', content: question },
      { role: 'assistant', content: said.join('\n') },
    ]
    const { proposal } = await ask(reply, { approves: false, before })
    expect(proposal).toMatchObject({ tool: 'k8s_patch', args: { name: 'checkout' } })
  },
)

test.each([
  'Customers cannot order anything. What is going on?',
  'Customers tell us that they cannot order anything. What is the matter?',
  'why does checkout fail in shop?',
  'why is checkout down?',
  'is everything healthy?',
])('"%s" leads to the fault, and to the change that mends it', async (question) => {
  const { said, proposal } = await ask(question, { approves: false })
  expect(said.join('\n')).toContain('TAX_SERVICE_REGION')
  expect(proposal).toMatchObject({ tool: 'k8s_patch', args: { name: 'checkout' } })
})
