import { expect, it } from 'vitest'
import { deploymentOf, objectOf, seenOf } from './highlights-of.fixture.ts'

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
  const spec = () => Array.from({ length: 3_000 }).reduce<unknown>((inner) => ({ securityContext: {}, inner }), {})
  const of = (size: number) => objectOf('example.com/v1', 'Thing', { spec: spec(), size })
  const before = performance.now()
  seenOf(of(1), of(2))
  expect(performance.now() - before).toBeLessThan(10_000)
})

function nest(levels: number): unknown {
  return Array.from({ length: levels }).reduce<unknown>((inner) => ({ a: inner }), {})
}
