import { describe, expect, test } from 'vitest'
import {
  argsDigest,
  canonicalJson,
  digestOf,
  type EffectCore,
  effectDigest,
  finalArgsDigest,
  sha256,
} from './digest.ts'

describe('the canonical form is that of RFC 8785', () => {
  test.each([
    [
      'keys by their UTF-16 units',
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, 1: 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 },
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    ],
    [
      'numbers as JavaScript writes them',
      [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, 1e21, -0],
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,1e+21,0]',
    ],
    ['escapes that are needed alone', '\u20ac$\u000f\nA\'B"\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\"/"'],
    ['no space, and what is undefined left out', { b: [null, true], a: undefined, c: {} }, '{"b":[null,true],"c":{}}'],
  ])('%s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text)
    expect(digestOf(value)).toBe(sha256(text))
  })

  test.each([NaN, Infinity, undefined, () => 1])('%s has no digest', (value) => {
    expect(() => digestOf(value)).toThrow()
  })

  test('what has no JSON form has no text either', () => {
    expect(() => canonicalJson(undefined)).toThrow('The value has no JSON form')
  })
})

// Computed by another program from the canonical texts: what a person approved under them has to be found again.
const args = { replicas: 5, name: 'web', namespace: 'shop', resource_type: 'deployment' }
const argsSha = '18858a68a290e8b8b5a2ad1cddd2beffcf35f95643971846c18287c3cebc6d01'
const effectSha = '49d750cbc3dfd06672d902fe3894ddb2b7a37abd34b2fd3752f01cfc6f4e3719'

test('arguments are those that the model sent', () => {
  expect(argsDigest(args)).toBe(argsSha)
  expect(argsDigest({ ...args, dry_run: true, api_url: 'https://ci', credentials_ref: 'ci' })).toBe(argsSha)
  expect(argsDigest({ ...args, replicas: '5' })).not.toBe(argsSha)
})

test('final arguments are all of them', () => {
  expect(finalArgsDigest(args)).toBe(argsSha)
  expect(finalArgsDigest({ ...args, dry_run: true })).not.toBe(argsSha)
})

type Changed = EffectCore['objects'][number]

describe('of an effect', () => {
  const updated = {
    cluster: 'prod',
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    uid: '3f1b',
  }
  const objects: [Changed, Changed] = [
    { ...updated, action: 'update', changes: [{ path: '/spec/replicas', before: 3, after: 5 }] },
    { cluster: 'prod', apiVersion: 'v1', kind: 'Namespace', name: 'old', action: 'delete', changes: [] },
  ]
  const core: EffectCore = { basis: 'server', objects, pins: { uid: '3f1b' } }
  const digest = (effect: EffectCore, tool = 'k8s_scale', args_digest = argsSha) =>
    effectDigest({ tool, args_digest, effect })

  test('what would change is covered, by names that stay the same', () => expect(digest(core)).toBe(effectSha))

  test('words for people, the risk and the way back are not', () => {
    const shown = { summary: 'scale', risk: 'high', reasons: ['many'], generated: [], undo: { impossible: 'no' } }
    const withDiff = objects.map((object) => ({ ...object, diff: '-3\n+5' }))
    expect(digest({ ...core, ...shown, objects: withDiff })).toBe(effectSha)
  })

  const [first, second] = objects
  const others: [what: string, effect: EffectCore][] = [
    ['its basis', { ...core, basis: 'computed' }],
    ['its pins', { ...core, pins: { uid: '3f1c' } }],
    ['the order of its objects', { ...core, objects: [second, first] }],
    ...(['cluster', 'apiVersion', 'kind', 'namespace', 'name', 'uid'] as const).map<[string, EffectCore]>((key) => [
      `the ${key} of an object`,
      { ...core, objects: [{ ...first, [key]: 'another' }, second] },
    ]),
    ['an action', { ...core, objects: [{ ...first, action: 'delete' }, second] }],
    [
      'a value',
      { ...core, objects: [{ ...first, changes: [{ path: '/spec/replicas', before: 3, after: 6 }] }, second] },
    ],
  ]
  test.each(others)('%s makes another', (_, effect) => expect(digest(effect)).not.toBe(effectSha))

  test.each([
    ['the tool', digest(core, 'k8s_apply')],
    ['its arguments', digest(core, 'k8s_scale', argsDigest({ ...args, replicas: 6 }))],
  ])('%s makes another', (_, other) => expect(other).not.toBe(effectSha))
})
