import { expect, it } from 'vitest'
import { scriptsNamedBy } from './execution/scripts.ts'
import { deploymentOf, objectOf, seenOf } from './highlights-of.fixture.ts'
import { plainlyRead } from './plainly-read.fixture.ts'
import { podsOf } from './pods.ts'

it.each([
  ['wide', () => Array.from({ length: 340_000 }, () => ({}))],
  ['deep', () => Array.from({ length: 400 }, () => nest(390))],
])('takes no square of time for an object that is %s', { timeout: 30_000 }, (_, items) => {
  const before = performance.now()
  seenOf(undefined, objectOf('example.com/v1', 'Thing', { spec: { items: items() } }))
  // Well under a second; by the square it was a minute.
  expect(performance.now() - before).toBeLessThan(10_000)
})

it('takes none for a container of thousands of variables, each in the next', { timeout: 120_000 }, () => {
  const env = Array.from({ length: 5_000 }, (_, index) => ({ name: `V${index}`, value: `a b $(V${index - 1})` }))
  const names = env.map(({ name }) => `$${name}`).join(' ')
  const container = { name: 'app', image: 'a:1', command: ['sh', '-c', `${'$(V1)'.repeat(20_000)} ${names}`], env }
  const before = performance.now()
  const { facts } = seenOf(undefined, deploymentOf({ containers: [container] }))
  expect(performance.now() - before).toBeLessThan(10_000)
  expect(facts.filter((fact) => fact.startsWith('script in variable'))).toHaveLength(5_000)
})

it('takes none for settings of pods in one another', { timeout: 120_000 }, () => {
  const spec = () => Array.from({ length: 1_500 }).reduce<unknown>((inner) => ({ securityContext: {}, inner }), {})
  const of = (size: number) => objectOf('example.com/v1', 'Thing', { spec: spec(), size })
  const before = performance.now()
  seenOf(of(1), of(2))
  expect(performance.now() - before).toBeLessThan(10_000)
})

it('takes none for many keys at many places', { timeout: 30_000 }, () => {
  const data = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key-${index}`, 'x']))
  const map = objectOf('v1', 'ConfigMap', { data }, 'scripts')
  const mountOf = (index: number) => ({ name: 'v', mountPath: `/x/${index}`, ...(index > 10 && { subPath: 'key-1' }) })
  const volumeMounts = Array.from({ length: 5_000 }, (_, index) => mountOf(index))
  const container = { name: 'app', command: ['serve', '/y/'.repeat(1000)], volumeMounts }
  const volumes = [{ name: 'v', configMap: { name: 'scripts' } }]
  const pod = objectOf('v1', 'Pod', { spec: { containers: [container], volumes } })
  const before = performance.now()
  expect(scriptsNamedBy(podsOf(pod))(plainlyRead(map)).map(({ path }) => path)).toEqual(['/data/key-1'])
  expect(performance.now() - before).toBeLessThan(3_000)
})

function nest(levels: number): unknown {
  return Array.from({ length: levels }).reduce<unknown>((inner) => ({ a: inner }), {})
}
