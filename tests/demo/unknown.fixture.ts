import type { Random } from '@fairlead/sandbox/faults/random'
import type { Shop } from './talk.fixture.ts'

const things =
  `my laptop|the printer|our office wifi|billing|the invoice service|postgres|prod|the staging cluster|namespace foo|
  orders-v2|DNS outside the cluster|the coffee machine|bob|my tax return|jenkins|the data lake|kafka|the blue cluster|
  web-frontend-7|the CI runner|our phone line|the elevator|sap|my car|eu-west-1|the mainframe|namespace qa-3|the firewall`
    .split('|')
    .map((one) => one.trim())
const qualities =
  `strong|correct|encrypted|compliant with PCI|fast enough|written in Go|over-provisioned|outdated|exposed to the internet|
  big enough for black friday|slower than yesterday|rotated|cheap|pretty|signed|trusted|idempotent|multi-tenant|GDPR-ready|
  future-proof|used by anyone|documented|running as root|green-lit by legal|sharded|owned by us`
    .split('|')
    .map((one) => one.trim())
const measures =
  `p99 latency|latency|error rate|throughput|load|cost|colour|age in dog years|owner|licence|SLO|error budget|bandwidth|
  checksum|favourite song|carbon footprint|meaning`
    .split('|')
    .map((one) => one.trim())
const parts = ['password', 'config', 'database', 'image', 'certificate', 'backup', 'disk', 'code', 'logo'] as const

type Wording = () => string

/** A question about what is not in the cluster, or about a property that nobody can read there. */
export function drawUnknown(random: Random, { apps }: Shop): string {
  const app = random.pick(apps)
  const pick = ([first = '', ...others]: readonly string[]): string => random.pick([first, ...others])
  const [thing, quality, measure, part] = [pick(things), pick(qualities), pick(measures), random.pick(parts)]
  const options: readonly [Wording, ...Wording[]] = [
    () => `is ${thing} ok?`,
    () => `is ${thing} healthy?`,
    () => `is anything wrong with ${thing}?`,
    () => `is everything fine with ${thing}?`,
    () => `how is ${thing} doing?`,
    () => `how healthy is ${thing}?`,
    () => `what is wrong with ${thing}?`,
    () => `why is ${thing} down?`,
    () => `${thing} is broken`,
    () => `why does ${thing} fail?`,
    () => `is ${app} ${quality}?`,
    () => `Is ${app}'s ${part} ${quality}?`,
    () => `is the ${part} of ${app} ${quality}?`,
    () => `are we ${quality}?`,
    () => `why is ${app} ${quality.replace('slower than', 'prettier than')}?`,
    () => `what is the ${measure} of ${app}?`,
    () => `what's the ${measure} of ${app}`,
    () => `does ${app} run as root?`,
    () => `does ${app} have a ${measure.replace(/^(?:latency|load)$/, 'soul')}?`,
    () => `is the ${part} of ${app} correct?`,
    () => `is anyone else working on ${app} right now?`,
    () => `is it normal that ${app} has 1 replica?`,
    () => `do you like ${app}?`,
    () => `does ${app} talk to ${random.pick(apps)} via gRPC?`,
    () => `how fast is ${app}?`,
    () => `how slow is ${app}?`,
    () => 'how many users are online?',
    () => 'recreate the pods',
    () => `recreate ${app}`,
    () => `evaporate ${app}`,
    () => `give ${app} a hug`,
  ]
  return random.pick(options)()
}
