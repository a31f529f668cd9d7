import { valueAt } from '@fairlead/contract/json/json-pointer'
import { openSealedValue } from '@fairlead/contract/sealed-value'
import { describe, expect, it } from 'vitest'
import { TEXT_LEVEL } from './deep-parts.ts'
import { objectOf, writeOf } from './highlights/highlights-of.fixture.ts'
import type { KubeObject } from './kube-object.ts'
import { revertUndo } from './revert-undo.ts'

const key = Buffer.alloc(32, 3)
const configMap = (data: object, name = 'web') => objectOf('v1', 'ConfigMap', { data }, name)
const secret = (value: string) => objectOf('v1', 'Secret', { data: { it: Buffer.from(value).toString('base64') } })
const refOf = (kind: string, name = 'web') => ({ cluster: 'default', apiVersion: 'v1', kind, name, namespace: 'shop' })

type Entry = { patch?: { op: string; path: string; value?: unknown }[]; create?: unknown; delete?: true }

function entriesOf(of: ReturnType<typeof revertUndo>): Entry[] {
  if (!('tool' in of)) throw new Error(JSON.stringify(of))
  expect(of.tool).toBe('k8s_revert')
  return JSON.parse((of.args as { changes: string }).changes)
}
const undoOf = (before: KubeObject | undefined, after: KubeObject | undefined) =>
  entriesOf(revertUndo([writeOf(before, after)], key))

describe('a write is taken back', () => {
  it('by a deletion of what was made', () => {
    expect(undoOf(undefined, configMap({}))).toEqual([{ ref: refOf('ConfigMap'), delete: true }])
  })

  it('by making anew what was deleted, without what is the server’s', () => {
    const before = { ...configMap({ a: '1' }), metadata: { name: 'web', namespace: 'shop', uid: 'u' }, status: {} }
    expect(undoOf(before, undefined)).toEqual([
      {
        ref: refOf('ConfigMap'),
        create: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'web', namespace: 'shop' },
          data: { a: '1' },
        },
      },
    ])
  })

  it('by the former values, the ones that were added last of all', () => {
    expect(undoOf(configMap({ a: '1', b: '2' }), configMap({ a: '3', c: '4' }))).toEqual([
      {
        ref: refOf('ConfigMap'),
        patch: [
          { op: 'replace', path: '/data/a', value: '1' },
          { op: 'add', path: '/data/b', value: '2' },
          { op: 'remove', path: '/data/c' },
        ],
      },
    ])
  })

  it('with a test of an element that was added, and secrets sealed that only their name tells', () => {
    const of = (...env: object[]) => objectOf('v1', 'Pod', { spec: { containers: [{ name: 'app', env }] } })
    const at = '/spec/containers/0/env'
    const added = undoOf(of({ name: 'A' }), of({ name: 'A' }, { name: 'B' }))[0]?.patch
    expect(added).toContainEqual({ op: 'test', path: `${at}/1/name`, value: 'B' })
    const [secret, other] = ['hunter22', 'hunter23'].map((value) => of({ name: 'API_TOKEN', value }))
    expect(undoOf(secret, other)[0]?.patch?.at(-1)).toEqual({
      op: 'replace',
      path: `${at}/0/value`,
      value: expect.stringMatching(/^sealed:v1:/),
    })
  })

  it('with a test of what the element is called that it leads into, as it is afterwards', () => {
    const of = (image: string) => objectOf('v1', 'Pod', { spec: { containers: [{ name: 'app', image }] } })
    expect(undoOf(of('a:1'), of('a:2'))[0]?.patch).toEqual([
      { op: 'test', path: '/spec/containers/0/name', value: 'app' },
      { op: 'replace', path: '/spec/containers/0/image', value: 'a:1' },
    ])
  })

  it('without a test of an element that is gone afterwards', () => {
    const of = (...names: string[]) => objectOf('v1', 'Pod', { spec: { containers: names.map((name) => ({ name })) } })
    expect(undoOf(of('a', 'b'), of('a'))[0]?.patch).toEqual([
      { op: 'add', path: '/spec/containers/1', value: { name: 'b' } },
    ])
  })

  it('of several the last one first', () => {
    const writes = ['a', 'b'].map((name) => writeOf(undefined, configMap({}, name)))
    expect(entriesOf(revertUndo(writes, key))).toEqual([
      { ref: refOf('ConfigMap', 'b'), delete: true },
      { ref: refOf('ConfigMap', 'a'), delete: true },
    ])
  })

  it('in the status, where that was written', () => {
    const of = (note: string) => objectOf('v1', 'Pod', { status: { note } })
    const write = { ...writeOf(of('a'), of('b')), writesStatus: true }
    expect(entriesOf(revertUndo([write], key))[0]?.patch).toEqual([{ op: 'replace', path: '/status/note', value: 'a' }])
  })
})

describe('a hidden value', () => {
  const opened = (value: unknown) =>
    openSealedValue(
      String(value),
      { cluster: 'default', kind: 'Secret', namespace: 'shop', name: 'web', path: '/data/it' },
      key,
    )
  it('is sealed to its place, in a patch and in what is made anew', () => {
    const base64 = Buffer.from('hunter2').toString('base64')
    const [patched] = undoOf(secret('hunter2'), secret('hunter3'))
    expect(opened(patched?.patch?.[0]?.value)).toBe(base64)
    const [made] = undoOf(secret('hunter2'), undefined)
    expect(opened(valueAt(made?.create, '/data/it'))).toBe(base64)
    expect(JSON.stringify([patched, made])).not.toContain(base64)
  })

  it('cannot be kept without a key, but where nothing is hidden', () => {
    const impossible = { impossible: 'former values of a Secret cannot be kept without a REDACTION_KEY' }
    expect(revertUndo([writeOf(secret('a'), secret('b'))], undefined)).toEqual(impossible)
    expect(revertUndo([writeOf(secret('a'), undefined)], undefined)).toEqual(impossible)
    const plain = writeOf(configMap({ a: '1' }), configMap({ a: '2' }))
    expect(entriesOf(revertUndo([plain], undefined))).toEqual(entriesOf(revertUndo([plain], key)))
  })
})

it('nothing is taken back where nothing changes', () => {
  expect(revertUndo([], key)).toEqual({ impossible: 'nothing changes' })
})

it('what is nested too deeply cannot be made anew', () => {
  const deep = Array.from({ length: TEXT_LEVEL }).reduce<object>((inner) => ({ a: inner }), {})
  const before = objectOf('example.com/v1', 'Thing', { spec: deep })
  expect(revertUndo([writeOf(before, undefined)], key)).toEqual({
    impossible: 'what is nested so deeply cannot be made anew',
  })
  expect(undoOf(before, { ...before, note: 'x' })[0]?.patch).toEqual([{ op: 'remove', path: '/note' }])
})
