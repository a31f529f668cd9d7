import { randomBytes } from 'node:crypto'
import { isEqual, isObject, type Json } from '../api/values/json.ts'
import type { BareServer, Sent } from './bare-servers.fixture.ts'
import { normalForm } from './normal-form.fixture.ts'
import { Random } from './random.fixture.ts'
import { requestSequence } from './request-sequence.fixture.ts'

/** One place of an answer. `whole` is all that the real server answered, as JSON. */
export type Difference = { sent: Sent; path: string; real: Json; sandbox: Json; whole: string }

type Servers = { real: BareServer; sandbox: BareServer }

const LENGTH = 12

/** Sends the requests of a seed to both servers; the first answer that is not the same, place by place. */
export function findDifferences(seed: number, servers: Servers): Promise<Difference[]> {
  return compareAnswers((namespace) => requestSequence(new Random(seed), namespace, LENGTH), servers)
}

/** The same for requests that are written down; they are made for a namespace of their own. */
export async function compareAnswers(
  requestsIn: (namespace: string) => readonly Sent[],
  { real, sandbox }: Servers,
): Promise<Difference[]> {
  const namespace = `seq-${randomBytes(6).toString('hex')}`
  for (const server of [real, sandbox]) {
    const made = await server.send({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { metadata: { name: namespace } },
    })
    if (made.status !== 201) throw new Error(`namespace ${namespace} not made: ${JSON.stringify(made.body)}`)
    const account = {
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
      body: { metadata: { name: 'default' } },
    }
    await server.send(account)
  }
  for (const sent of requestsIn(namespace)) {
    const [atReal, atSandbox] = await Promise.all([real.send(sent), sandbox.send(sent)])
    const left = normalForm(atReal)
    const right = normalForm(atSandbox)
    if (isEqual(left, right)) continue
    // Without its controllers the real server never learns what a quota allows.
    if (JSON.stringify(right).includes('exceeded quota')) return []
    // What comes after may follow from this one.
    const whole = JSON.stringify(left)
    return differing(left, right, '').map((each) => ({ sent, whole, ...each }))
  }
  return []
}

function differing(real: Json, sandbox: Json, path: string): Pick<Difference, 'path' | 'real' | 'sandbox'>[] {
  if (isEqual(real, sandbox)) return []
  if (isObject(real) && isObject(sandbox)) {
    const keys = [...new Set([...Object.keys(real), ...Object.keys(sandbox)])]
    return keys.flatMap((key) => differing(real[key] ?? null, sandbox[key] ?? null, `${path}.${key}`))
  }
  if (Array.isArray(real) && Array.isArray(sandbox) && real.length === sandbox.length) {
    return real.flatMap((each, index) => differing(each, sandbox[index] ?? null, `${path}[${index}]`))
  }
  return [{ path, real, sandbox }]
}
