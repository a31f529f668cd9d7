import { describe, expect, it } from 'vitest'
import { TEXT_LEVEL } from './deep-parts.ts'
import { type HiddenString, type HowHidden, replaceHidden } from './hidden-places.ts'
import { SEALED, UNREAD } from './origins.ts'

const token = 'ghp_0123456789abcdef0123456789abcdef0123'

/** What is hidden of an object, and the object with `*` in its place. */
function hide(object: unknown, how: HowHidden = { strength: 'read' }, path = '') {
  const hidden: HiddenString[] = []
  const shown = replaceHidden(object, path, how, (each) => {
    hidden.push(each)
    return '*'
  })
  return { shown, hidden, paths: hidden.map((each) => each.path) }
}

const written: HowHidden = { strength: 'written' }
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('of a Secret', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, type: 'Opaque' }

  it('every value is hidden, as the bytes that it stands for', () => {
    const { shown, hidden } = hide({ ...secret, data: { a: base64('hunter2') }, stringData: { b: 'hunter3' } }, written)
    expect(shown).toEqual({ ...secret, data: { a: '*' }, stringData: { b: '*' } })
    expect(hidden).toEqual([
      {
        text: base64('hunter2'),
        path: '/data/a',
        parts: [{ start: 0, end: 12, bytes: Buffer.from('hunter2') }],
        isWhole: true,
        isUnchanged: false,
        origin: 'unknown',
      },
      {
        text: 'hunter3',
        path: '/stringData/b',
        parts: [{ start: 0, end: 7, bytes: Buffer.from('hunter3') }],
        isWhole: true,
        isUnchanged: false,
        origin: 'unknown',
      },
    ])
  })

  it('of another group what is read is hidden, as it stands, and what is written is shown', () => {
    const other = { ...secret, apiVersion: 'example.com/v1', data: { a: { b: base64('hunter2') } } }
    expect(hide(other, written).paths).toEqual([])
    expect(hide(other).hidden).toMatchObject([
      { path: '/data/a/b', parts: [{ bytes: Buffer.from(base64('hunter2')) }] },
    ])
  })

  it('without a version is one of the core', () => {
    const { apiVersion, ...bare } = { ...secret, data: { a: 'eA==' } }
    expect(hide(bare, written).paths).toEqual(['/data/a'])
  })

  it('is told by its kind: neither another kind with data, nor other fields of it', () => {
    expect(hide({ kind: 'ConfigMap', data: { a: 'x' }, stringData: { a: 'x' } }).paths).toEqual([])
    expect(hide({ ...secret, immutable: 'x' }).paths).toEqual([])
    expect(hide('Secret').shown).toBe('Secret')
  })
})

describe('of any object', () => {
  it('a text in which a secret stands is hidden in that part', () => {
    expect(hide({ spec: { list: ['a', `with ${token} in it`], n: 1, none: null } }, written)).toMatchObject({
      shown: { spec: { list: ['a', '*'], n: 1, none: null } },
      hidden: [
        {
          path: '/spec/list/1',
          text: `with ${token} in it`,
          parts: [{ start: 5, end: 45, bytes: Buffer.from(token) }],
          isWhole: false,
          isUnchanged: false,
          origin: 'unknown',
        },
      ],
    })
  })

  it('only the part at a path is looked at, by its place in the whole', () => {
    const { shown, paths } = hide({ a: token, b: { 'c/d': token } }, written, '/b')
    expect(shown).toEqual({ 'c/d': '*' })
    expect(paths).toEqual(['/b/c~1d'])
  })

  it('the manifest that kubectl keeps is hidden whole', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', other: '{}' }
    for (const how of [written, { strength: 'read' } as const]) {
      expect(hide({ metadata: { annotations } }, how).hidden).toMatchObject([
        { path: '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration', isWhole: true },
      ])
    }
  })

  it('what is nested too deeply is hidden whole', () => {
    const within = (levels: number) =>
      Array.from({ length: levels }).reduce<unknown>((inner) => ({ a: inner }), 'a text')
    expect(hide(within(TEXT_LEVEL), written).hidden).toMatchObject([{ text: 'a text', isWhole: true }])
    expect(hide(within(TEXT_LEVEL - 1), written).paths).toEqual([])
  })
})

describe('of variables', () => {
  const pod = (name: unknown, value: string) => ({ spec: { containers: [{ env: [{ name, value, note: value }] }] } })

  it('the value of one with a telling name is hidden where it is read, and not where it is written', () => {
    expect(hide(pod('API_TOKEN', 'hunter2')).hidden).toMatchObject([
      { path: '/spec/containers/0/env/0/value', isWhole: true, parts: [{ bytes: Buffer.from('hunter2') }] },
    ])
    expect(hide(pod('API_TOKEN', 'hunter2'), written).paths).toEqual([])
  })

  it('not that of any other, nor one that is hidden already', () => {
    expect(hide(pod('MODE', 'hunter2')).paths).toEqual([])
    expect(hide(pod(['API_TOKEN'], 'hunter2')).paths).toEqual([])
    expect(hide(pod('API_TOKEN', '***')).paths).toEqual([])
    expect(hide({ spec: { args: [{ name: 'API_TOKEN', value: 'hunter2' }] } }).paths).toEqual([])
  })
})

describe('of what is written', () => {
  const pod = (...env: object[]) => ({ spec: { containers: [{ name: 'a', env }] } })
  const variable = { name: 'API_TOKEN', value: 'hunter2' }

  it('what stands there already is only read, wherever its list has moved it', () => {
    const former = pod(variable)
    const { hidden } = hide(pod({ name: 'A', value: 'b' }, variable), { strength: 'written', former })
    expect(hidden).toMatchObject([{ path: '/spec/containers/0/env/1/value', isUnchanged: true, isWhole: true }])
    const part = hide({ a: token }, { strength: 'written', former: { a: token } })
    expect(part.hidden).toMatchObject([{ isWhole: false, isUnchanged: true }])
  })

  it('another text at the same place is new', () => {
    const former = pod({ ...variable, value: 'hunter1' })
    expect(hide(pod(variable), { strength: 'written', former }).paths).toEqual([])
  })

  it.each([
    ['sealed', SEALED],
    ['moved', UNREAD],
  ])('what came %s is only read: whoever reads this does not know it', (origin, value) => {
    expect(hide(pod(variable), { strength: 'written', said: pod({ ...variable, value }) }).hidden).toMatchObject([
      { isUnchanged: false, isWhole: true, origin },
    ])
    expect(hide(pod(variable), { strength: 'written', said: pod(variable) }).paths).toEqual([])
  })
})
