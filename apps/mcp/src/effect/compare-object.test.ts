import type { Change, EffectObject } from '@fairlead/contract/effect/effect'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../effect/kube-object.ts'
import { compareObject } from './compare-object.ts'

const redactionKey = Buffer.alloc(32, 7)

function compare(
  { uid, changes, ...fields }: { uid?: string; changes: Change[]; [field: string]: unknown },
  options: { isStillToDo?: (path: string) => boolean; kind?: string } = {},
) {
  const ref = {
    cluster: 'default',
    apiVersion: 'v1',
    kind: options.kind ?? 'ConfigMap',
    namespace: 'shop',
    name: 'web',
  }
  const approved: EffectObject = { ...ref, uid, action: 'update', changes }
  const live = {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: { name: 'web', namespace: 'shop', uid: 'here', resourceVersion: '1', ...(fields.metadata as object) },
    ...Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'metadata')),
  } as unknown as KubeObject
  return compareObject(approved, live, { redactionKey, isStillToDo: options.isStillToDo ?? (() => false) })
}

describe('an object that is read back', () => {
  test('is another one when its uid is', () => {
    expect(compare({ uid: 'gone', changes: [], spec: {} })).toEqual({
      at: 'neither',
      differences: [{ path: '/metadata/uid', approved: 'gone', actual: 'here' }],
    })
    expect(compare({ uid: 'here', changes: [] })).toEqual({ at: 'after', differences: [] })
  })

  const scaled: Change = { path: '/spec/replicas', before: 3, after: 5 }

  test('stands where it was brought to, where it was, or on neither side', () => {
    expect(compare({ changes: [scaled], spec: { replicas: 5 } })).toEqual({ at: 'after', differences: [] })
    expect(compare({ changes: [scaled], spec: { replicas: 3 } })).toEqual({
      at: 'before',
      differences: [{ path: '/spec/replicas', approved: 5, actual: 3 }],
    })
    expect(compare({ changes: [scaled], spec: { replicas: 4 } }).at).toBe('neither')
  })

  test('of several changes each is told that does not hold; a mixture is on neither side', () => {
    const paused: Change = { path: '/spec/paused', after: true }
    expect(compare({ changes: [scaled, paused], spec: { replicas: 5 } })).toEqual({
      at: 'neither',
      differences: [{ path: '/spec/paused', approved: true, actual: undefined }],
    })
    expect(compare({ changes: [scaled, paused], spec: { replicas: 3 } }).at).toBe('before')
  })

  test('what was taken away is gone, or still there', () => {
    const removed: Change = { path: '/data/OLD', before: 'x' }
    expect(compare({ changes: [removed], data: {} }).at).toBe('after')
    expect(compare({ changes: [removed], data: { OLD: 'x' } }).at).toBe('before')
    expect(compare({ changes: [removed], data: { OLD: 'y' } }).at).toBe('neither')
  })

  test('what controllers add beside what was approved is no difference', () => {
    const labels: Change = { path: '/metadata/labels', after: { app: 'web' } }
    expect(compare({ changes: [labels], metadata: { labels: { app: 'web', more: 'x' } } }).at).toBe('after')
    expect(compare({ changes: [labels], metadata: { labels: { more: 'x' } } }).at).not.toBe('after')
    expect(compare({ changes: [labels], metadata: { labels: 'web' } }).at).not.toBe('after')
  })

  test('a list of the metadata may have grown at its end, any other is the same list', () => {
    const finalizers: Change = { path: '/metadata/finalizers', after: ['a.io/x'] }
    const ports: Change = { path: '/spec/ports', after: [80] }
    expect(compare({ changes: [finalizers], metadata: { finalizers: ['a.io/x', 'b.io/y'] } }).at).toBe('after')
    expect(compare({ changes: [finalizers], metadata: { finalizers: ['b.io/y', 'a.io/x'] } }).at).not.toBe('after')
    expect(compare({ changes: [finalizers], metadata: { finalizers: [] } }).at).not.toBe('after')
    expect(compare({ changes: [ports], spec: { ports: [80] } }).at).toBe('after')
    expect(compare({ changes: [ports], spec: { ports: [80, 81] } }).at).not.toBe('after')
    expect(compare({ changes: [ports], spec: { ports: 80 } }).at).not.toBe('after')
  })

  test('values are compared by kind: 1 is not "1", null is not nothing', () => {
    const one: Change = { path: '/data/A', after: '1' }
    expect(compare({ changes: [one], data: { A: 1 } }).at).not.toBe('after')
    expect(compare({ changes: [{ path: '/spec/a', after: null }], spec: { a: null } }).at).toBe('after')
    expect(compare({ changes: [{ path: '/spec/a', after: null }], spec: {} }).at).not.toBe('after')
  })

  test('two secrets that look the same are told apart by the call alone', () => {
    const secret: Change = { path: '/data/pin', before: '***', after: '***' }
    const data = { pin: Buffer.from('1234').toString('base64') }
    const changes = [secret]
    expect(compare({ changes, data }, { kind: 'Secret', isStillToDo: () => false })).toEqual({
      at: 'after',
      differences: [],
    })
    expect(compare({ changes, data }, { kind: 'Secret', isStillToDo: (path) => path === '/data/pin' }).at).toBe(
      'before',
    )
  })

  test('a hidden value is compared by its hash, and the value is never told', () => {
    const value = (text: string) => Buffer.from(text).toString('base64')
    const secret: Change = {
      path: '/data/key',
      before: '***(20 bytes, 111111111111)',
      after: '***(20 bytes, 222222222222)',
    }
    const compared = compare({ changes: [secret], data: { key: value('a secret of 20 bytes') } }, { kind: 'Secret' })
    expect(compared.at).toBe('neither')
    expect(compared.differences).toMatchObject([
      { actual: expect.stringMatching(/^\*\*\*\(20 bytes, [0-9a-f]{12}\)$/) },
    ])
  })

  test('of a creation, lists that the server fills are as they were made', () => {
    const made: Change = {
      path: '',
      after: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop' }, data: { A: '1' } },
    }
    expect(compare({ changes: [made], data: { A: '1' } }).at).toBe('after')
    expect(compare({ changes: [made], data: { A: '2' } }).at).not.toBe('after')
  })

  test('of a creation, what the server adds to a list is no other list, and what is missing in it is', () => {
    const made = (volumes: object[], metadata: object = {}): Change => ({
      path: '',
      after: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web', namespace: 'shop', ...metadata },
        spec: { volumes },
      },
    })
    const live = { volumes: [{ name: 'a' }, { name: 'kube-api-access-x2x4z' }] }
    const pod = { kind: 'Pod' }
    expect(compare({ changes: [made([{ name: 'a' }])], spec: live }, pod).at).toBe('after')
    expect(compare({ changes: [made([{ name: 'a' }, { name: 'kube-api-access-x2x4z' }])], spec: live }, pod).at).toBe(
      'after',
    )
    expect(compare({ changes: [made([{ name: 'a' }, { name: 'b' }])], spec: live }, pod).at).not.toBe('after')
    const grown = { finalizers: ['a.io/x', 'b.io/y'] }
    const changes = [made([{ name: 'a' }], { finalizers: ['a.io/x'] })]
    expect(compare({ changes, spec: live, metadata: grown }, pod).at).toBe('after')
  })

  test('beside a creation, places in it are compared as they are there', () => {
    const changes: Change[] = [{ path: '/spec/volumes', after: [{ name: 'kube-api-access-x2x4z' }] }]
    expect(compare({ changes, spec: { volumes: [{ name: 'kube-api-access-x2x4z' }] } }, { kind: 'Pod' }).at).toBe(
      'after',
    )
  })

  test('the status counts where it is what was written', () => {
    const changes: Change[] = [{ path: '/status/phase', before: 'A', after: 'B' }]
    expect(compare({ changes, status: { phase: 'B' } }).at).toBe('after')
    expect(compare({ changes, status: { phase: 'A' } }).at).toBe('before')
  })

  test('a list in a list of the metadata may have grown, and every element of a list must be there', () => {
    const ends: Change = { path: '/metadata/finalizers', after: ['a'] }
    expect(compare({ changes: [ends], metadata: { finalizers: 'a' } }).at).not.toBe('after')
    const owners: Change = { path: '/metadata/ownerReferences', after: [{ x: [1] }] }
    expect(compare({ changes: [owners], metadata: { ownerReferences: [{ x: [1, 2] }] } }).at).toBe('after')
    const ports: Change = { path: '/spec/ports', after: [80, 81] }
    expect(compare({ changes: [ports], spec: { ports: [80, 82] } }).at).not.toBe('after')
    expect(compare({ changes: [ports], spec: { ports: [80] } }).at).not.toBe('after')
    expect(compare({ changes: [{ path: '/spec/ports', after: [] }], spec: { ports: 'x' } }).at).not.toBe('after')
    expect(compare({ changes: [{ path: '/spec/a', after: {} }], spec: { a: 'x' } }).at).not.toBe('after')
    expect(compare({ changes: [{ path: '/spec/a', after: { b: 1 } }], spec: { a: null } }).at).not.toBe('after')
    expect(compare({ changes: [{ path: '/spec/list', after: [undefined] }], spec: { list: [] } }).at).not.toBe('after')
  })

  test('a variable is compared as it was written, or as it is read where it stays', () => {
    const pod = { kind: 'Pod' }
    const path = '/spec/env/0/value'
    const spec = { env: [{ name: 'API_TOKEN', value: 'hunter2' }] }
    expect(compare({ changes: [{ path, after: 'hunter2' }], spec }, pod).at).toBe('after')
    expect(compare({ changes: [{ path, after: '***' }], spec }, pod).at).toBe('after')
    expect(compare({ changes: [{ path, after: 'hunter3' }], spec }, pod)).toEqual({
      at: 'neither',
      differences: [{ path, approved: 'hunter3', actual: '***' }],
    })
  })

  test('what was not there and is not is told by no arguments', () => {
    const change: Change = { path: '/data/a' }
    expect(compare({ changes: [change], data: {} }, { isStillToDo: () => true }).at).toBe('after')
  })
})
