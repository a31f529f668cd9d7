import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import { describe, expect, test } from 'vitest'
import { callPurpose, requirePlainRead } from './call-purpose.ts'

const invalid = (message: string) => expect.objectContaining({ code: 'InvalidArgument', message })
const object = { cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', name: 'a', action: 'update', changes: [] }
const verify = { effect_digest: 'a'.repeat(64), objects: [object], pins: {}, wait_seconds: 0 }

describe('the purpose of a call of a write tool', () => {
  test.each([
    ['nothing', {}, {}, { kind: 'ungranted' }],
    ['dry_run: false', { dry_run: false }, {}, { kind: 'ungranted' }],
    ['dry_run: null', { dry_run: null }, {}, { kind: 'ungranted' }],
    ['the mark of a preview', {}, { [metaKeys.preview]: true }, { kind: 'preview', rights: [] }],
    ['dry_run: true', { dry_run: true }, {}, { kind: 'preview', rights: [] }],
    ['both', { dry_run: true }, { [metaKeys.preview]: true }, { kind: 'preview', rights: [] }],
    [
      'rights beside the mark',
      {},
      { [metaKeys.preview]: true, [metaKeys.rights]: ['jws'] },
      { kind: 'preview', rights: ['jws'] },
    ],
    ['a grant', {}, { [metaKeys.grant]: 'jws' }, { kind: 'execute', grant: 'jws' }],
    ['a grant of whatever shape', {}, { [metaKeys.grant]: 7 }, { kind: 'execute', grant: 7 }],
    ['a verification', {}, { [metaKeys.verify]: verify }, { kind: 'verify', request: verify }],
  ])('%s', (_, args, meta, purpose) => {
    expect(callPurpose(args, meta)).toEqual(purpose)
  })

  test.each([false, 1, 'true', null, {}])('a preview that is %j is refused', (preview) => {
    expect(() => callPurpose({}, { [metaKeys.preview]: preview })).toThrow(
      invalid('dev.fairlead/preview must be true when it is given.'),
    )
  })

  test.each([
    ['true', '"true"'],
    [1, '1'],
    [{}, '{}'],
  ])('a dry_run that is %j is refused, never taken for true', (dry_run, shown) => {
    expect(() => callPurpose({ dry_run }, {})).toThrow(invalid(`dry_run must be true or false, got ${shown}.`))
  })

  test.each([
    ['a preview with a grant', {}, { [metaKeys.preview]: true, [metaKeys.grant]: 'jws' }],
    ['dry_run with a grant', { dry_run: true }, { [metaKeys.grant]: 'jws' }],
    ['dry_run with a verification', { dry_run: true }, { [metaKeys.verify]: verify }],
    ['a grant with a verification', {}, { [metaKeys.grant]: 'jws', [metaKeys.verify]: verify }],
  ])('%s is refused', (_, args, meta) => {
    expect(() => callPurpose(args, meta)).toThrow(
      invalid('a call is one of preview, execution and verification, not several at once.'),
    )
  })

  test('what is asked to be verified must be the part of an effect', () => {
    expect(() => callPurpose({}, { [metaKeys.verify]: { ...verify, objects: 'all' } })).toThrow(
      invalid('dev.fairlead/verify is not the effect_digest, objects, pins and wait_seconds of an effect.'),
    )
  })

  test('a verification names at most 1000 objects', () => {
    const objects = (count: number) => ({ [metaKeys.verify]: { ...verify, objects: Array(count).fill(object) } })
    expect(callPurpose({}, objects(1000))).toMatchObject({ kind: 'verify' })
    expect(() => callPurpose({}, objects(1001))).toThrow(
      invalid('dev.fairlead/verify names 1001 objects. At most 1000 are allowed.'),
    )
  })

  test('rights are asked for at most 20 identities', () => {
    const rights = (value: unknown) => ({ [metaKeys.preview]: true, [metaKeys.rights]: value })
    expect(callPurpose({}, rights(Array(20).fill('jws')))).toMatchObject({ kind: 'preview' })
    for (const value of [Array(21).fill('jws'), 'jws', { 0: 'jws' }]) {
      expect(() => callPurpose({}, rights(value))).toThrow(
        invalid('dev.fairlead/rights must be a list of at most 20 identities.'),
      )
    }
  })
})

describe('a tool that only reads', () => {
  test('does not look at a grant', () => {
    expect(() => requirePlainRead({ name: 'k8s_get' }, { [metaKeys.grant]: 'jws' })).not.toThrow()
  })

  test.each([metaKeys.preview, metaKeys.verify])('refuses %s', (key) => {
    expect(() => requirePlainRead({ name: 'k8s_get' }, { [key]: true })).toThrow(
      invalid('k8s_get only reads: there is nothing to preview or to verify.'),
    )
  })
})
