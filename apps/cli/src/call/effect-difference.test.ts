import { expect, test } from 'vitest'
import { effectDifference } from './effect-difference.ts'
import { scaling } from './waiting-call.fixture.ts'

const effectOf = (changes: { path: string; before?: unknown; after?: unknown }[], uid = 'u1') => {
  const { effect } = scaling()
  if (effect === undefined) throw new Error('it has one')
  return { ...effect, objects: effect.objects.map((object) => ({ ...object, uid, changes })) }
}

test('names the change that became another one, the one that came and the one that went', () => {
  const seen = effectOf([
    { path: '/spec/replicas', before: 2, after: 5 },
    { path: '/spec/paused', after: true },
  ])
  const current = effectOf([
    { path: '/spec/replicas', before: 4, after: 5 },
    { path: '/metadata/labels/a', before: 'x' },
  ])
  expect(effectDifference(seen, current)).toEqual([
    'Deployment shop/web /spec/replicas: was 2 -> 5, is now 4 -> 5',
    'Deployment shop/web /spec/paused: was nothing -> true, is now no change',
    'Deployment shop/web /metadata/labels/a: was no change, is now x -> nothing',
  ])
})

test('an object of the same name that is another one is a difference', () => {
  const changes = [{ path: '/spec/replicas', before: 2, after: 5 }]
  expect(effectDifference(effectOf(changes), effectOf(changes, 'u2'))).toEqual([
    'Deployment shop/web: was update of u1, is now update of u2',
  ])
  expect(effectDifference(effectOf(changes), effectOf(changes))).toEqual([])
})
