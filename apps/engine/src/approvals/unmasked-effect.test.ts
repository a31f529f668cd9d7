import type { Effect, Mask } from '@fairlead/contract/effect/effect'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { unmaskedEffect } from './unmasked-effect.ts'

const effectOf = (after: unknown, masks: Mask[], path = '/data'): Effect => ({
  summary: 's',
  risk: 'high',
  reasons: [],
  basis: 'server',
  objects: [
    {
      cluster: 'c',
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'n',
      action: 'update',
      changes: [{ path, after }],
      diff: '',
    },
  ],
  masks,
  generated: [],
  pins: {},
})
const mask = (at: number, rest: Partial<Mask> = {}): Mask => ({
  object: 0,
  path: '/data/it',
  side: 'after',
  at,
  bytes: 3,
  executable: true,
  ...rest,
})
const afterOf = (effect: Effect) => effect.objects[0]?.changes[0]?.after

it('puts every text in place of its mark, wherever the marks stand and the change begins', () => {
  // What stands around is no mark itself.
  const around = fc.string({ maxLength: 8 }).map((text) => text.replaceAll('*', '+'))
  const piece = fc.record({ before: around, hidden: fc.string({ maxLength: 40 }), isHashed: fc.boolean() })
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), around, fc.boolean(), (pieces, last, isDeep) => {
      let [shown, written] = ['', '']
      const masks: Mask[] = []
      for (const { before, hidden, isHashed } of pieces) {
        shown += `.${before}`
        masks.push(mask(shown.length))
        shown += isHashed ? '***(3 bytes, 0123456789ab)' : '***'
        written += `.${before}${hidden}`
      }
      const effect = isDeep
        ? effectOf({ it: `${shown}.${last}` }, masks)
        : effectOf(`${shown}.${last}`, masks, '/data/it')
      const { effect: whole, isWhole } = unmaskedEffect(
        effect,
        pieces.map(({ hidden }) => hidden),
      )
      const text = `${written}.${last}`
      expect(afterOf(whole)).toEqual(isDeep ? { it: text } : text)
      expect([isWhole, whole.masks]).toEqual([true, []])
    }),
  )
})

it('keeps what has no text hidden, at its new place', () => {
  const masks = [mask(0), mask(4, { executable: false }), mask(8)]
  const { effect, isWhole } = unmaskedEffect(effectOf({ it: '*** *** ***' }, masks), ['a text', undefined, 'more'])
  expect(afterOf(effect)).toEqual({ it: 'a text *** more' })
  expect([isWhole, effect.masks]).toEqual([true, [mask(7, { executable: false })]])
})

it.each<[string, Mask, string | undefined]>([
  ['has no text', mask(0), undefined],
  ['is in the cluster already', mask(0, { side: 'before' }), 'x'],
  ['is of another object', mask(0, { object: 1 }), 'x'],
  ['is at another place', mask(0, { path: '/data/other' }), 'x'],
  ['begins at no mark', mask(1), 'x'],
])('is not whole where what could run %s', (_, hidden, text) => {
  const before = effectOf({ it: '***' }, [hidden])
  const { effect, isWhole } = unmaskedEffect(before, [text])
  expect([isWhole, effect]).toEqual([false, before])
})

it('adds the lines of a text that has several to the diff', () => {
  const shown = '***(30 bytes, 0123456789ab)'
  const effect = effectOf({ it: shown }, [mask(0)])
  const diff = `-  it: ${shown}\n+  it: ${shown}\n   other: ${shown}`
  const [object] = effect.objects
  const { effect: whole } = unmaskedEffect({ ...effect, objects: object ? [{ ...object, diff }] : [] }, ['one\ntwo $&'])
  expect(whole.objects[0]?.diff).toBe(`-  it: ${shown}\n+  it: one\n+two $&\n   other: ${shown}`)
})
