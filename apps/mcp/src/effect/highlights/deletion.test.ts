import { expect, it } from 'vitest'
import { deletionFacts } from './deletion.ts'
import { objectOf } from './highlights-of.fixture.ts'

const claims = (whenDeleted: string) => ({ persistentVolumeClaimRetentionPolicy: { whenDeleted } })

it.each([
  ['a claim', objectOf('v1', 'PersistentVolumeClaim', {}), ['deletes volume']],
  ['a volume', objectOf('v1', 'PersistentVolume', {}), ['deletes volume']],
  ['a kind of that name in another group', objectOf('example.com/v1', 'PersistentVolume', {}), []],
  ['anything else', objectOf('v1', 'Pod', {}), []],
  [
    'what drops its claims',
    objectOf('apps/v1', 'StatefulSet', { spec: claims('Delete') }),
    ['deletes volume: its claims go with it (persistentVolumeClaimRetentionPolicy)'],
  ],
  ['what keeps its claims', objectOf('apps/v1', 'StatefulSet', { spec: claims('Retain') }), []],
  ['what says nothing of its claims', objectOf('apps/v1', 'StatefulSet', { spec: {} }), []],
  ['what has no claims', objectOf('apps/v1', 'Deployment', { spec: claims('Delete') }), []],
  ['what has no spec', objectOf('apps/v1', 'StatefulSet', {}), []],
])('with %s goes: %s', (_, object, facts) => {
  expect(deletionFacts(object, [])).toEqual(facts.map((fact) => ({ group: 'data', path: '', of: '', fact })))
})

it('volumes that go after it are said first, then all that goes', () => {
  const gone = [
    { kind: 'Pod', count: 2 },
    { kind: 'PersistentVolume', count: 1 },
    { kind: 'PersistentVolumeClaim', count: 3 },
  ]
  const factsOfGone = (...of: typeof gone) => deletionFacts(objectOf('v1', 'Namespace', {}), of).map(({ fact }) => fact)
  expect(factsOfGone(...gone)).toEqual([
    'deletes volume: 1 PersistentVolume, 3 PersistentVolumeClaim',
    'deletes with it: 2 Pod, 1 PersistentVolume, 3 PersistentVolumeClaim',
  ])
  expect(factsOfGone({ kind: 'Pod', count: 2 })).toEqual(['deletes with it: 2 Pod'])
})
