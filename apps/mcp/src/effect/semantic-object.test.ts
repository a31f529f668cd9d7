import { expect, it } from 'vitest'
import { semanticObject } from './semantic-object.ts'

const head = { apiVersion: 'v1', kind: 'Pod' }

it.each([
  ...['managedFields', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp'],
  ...['deletionGracePeriodSeconds', 'uid', 'selfLink'],
])('leaves out what the server keeps for itself: %s', (key) => {
  expect(semanticObject({ ...head, metadata: { name: 'a', [key]: 'x' } })).toEqual({ ...head, metadata: { name: 'a' } })
})

it.each([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
])('leaves out what is noted down in %s, and no other annotation', (key) => {
  const annotations = (all: object) => ({ ...head, metadata: { name: 'a', annotations: all } })
  expect(semanticObject(annotations({ [key]: 'x', b: 'y' }))).toEqual(annotations({ b: 'y' }))
  expect(semanticObject(annotations({ [key]: 'x' }))).toEqual({ ...head, metadata: { name: 'a' } })
})

it('takes an empty map for none, and no other value', () => {
  expect(semanticObject({ metadata: { labels: {}, annotations: {} } })).toEqual({ metadata: {} })
  const labels = { metadata: { labels: { a: 'b' } } }
  expect(semanticObject(labels)).toEqual(labels)
  expect(semanticObject({ metadata: { annotations: 'x', labels: [] } })).toEqual({ metadata: { labels: [] } })
})

it('has the status only where that is what is written', () => {
  const object = { ...head, status: { phase: 'Running' } }
  expect(semanticObject(object)).toEqual(head)
  expect(semanticObject(object, { status: false })).toEqual(head)
  expect(semanticObject(object, { status: true })).toEqual(object)
  expect(Object.keys(semanticObject(head, { status: true }))).toEqual(['apiVersion', 'kind'])
})

it('leaves the object as it was, and needs no metadata', () => {
  const object = { ...head, metadata: { name: 'a', uid: 'u', annotations: {} } }
  const copy = structuredClone(object)
  semanticObject(object)
  expect(object).toEqual(copy)
  expect(Object.keys(semanticObject({ ...head, metadata: 'x' }))).toEqual(['apiVersion', 'kind'])
})
