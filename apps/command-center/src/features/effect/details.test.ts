import { effectOf } from '@fairlead/client/conversation/call-view.fixture'
import { expect, test } from 'vitest'
import { markupOf, textOf } from '../call/page-text.fixture.ts'
import { Details } from './details.tsx'
import { knownEffect } from './known-effect.ts'

const detailsOf = (effect: Parameters<typeof effectOf>[0]) => {
  const known = knownEffect(effectOf(effect))
  if (known === undefined) throw new Error('the fixture has an effect')
  return textOf(markupOf(Details, { effect: known }))
}

test('pins are folded, but for those that a person would want to know', () => {
  expect(detailsOf({ pins: { cluster_uid: 'u-7' } })).toBe('Details')
  expect(detailsOf({ pins: {} })).toBe('')
  for (const pins of [{ restartedAt: '2026-11-24T10:00:00Z' }, { chart: { name: 'redis', digest: 'sha256:4f' } }]) {
    const text = detailsOf({ pins: { cluster_uid: 'u-7', ...pins } })
    expect(text).toContain('Fixed now and used at execution:')
    expect(text).toContain('cluster_uid: u-7')
    for (const value of Object.values(pins)) expect(text).toContain(typeof value === 'string' ? value : 'sha256:4f')
  }
})

test('the list elements that a patch by index was written against are named, and no digest stands for them', () => {
  const [object] = effectOf().objects
  const digest = '4f1c0a9e'.repeat(8)
  // A pin that opens the details.
  const opening = { chart: 'c' }
  const changed = (paths: string[]) => ({
    objects: [
      {
        ...object,
        changes: paths.map((path) => ({ path, after: 'x' })),
        elements: { '/spec/containers/0': { name: 'app' }, '/spec/containers/0/env/1': { name: 'LOG_LEVEL' } },
      } as never,
    ],
    pins: { list_elements: digest, cluster_uid: 'u-7', ...opening },
  })
  const screen = detailsOf(
    changed(['/spec/containers/0/env/1/value', '/spec/containers/0/args/2', '/spec/rules/3/host']),
  )
  for (const text of [
    'finds list elements by their place. Nothing is written unless the same ones still stand there:',
    'Deployment shop/web: spec.containers[name=app]',
    'Deployment shop/web: spec.containers[name=app].env[name=LOG_LEVEL]',
    'Deployment shop/web: spec.rules[3]',
    'cluster_uid: u-7',
  ])
    expect(screen).toContain(text)
  expect(screen.match(/Deployment shop\/web: /g)).toHaveLength(3)
  expect(screen).not.toContain(digest)
  const many = Array.from({ length: 20 }, (_, index) => `/spec/rules/${index}/host`)
  expect(detailsOf(changed(many))).toContain('still stand there (20)')
  // Another server may mean something else by that name.
  expect(detailsOf({ pins: { list_elements: 'all of them', ...opening } })).toContain('list_elements: all of them')
})
