import type { Effect, Mask } from '@fairlead/contract/effect'
import { expect, it } from 'vitest'
import { questionOf } from './question.ts'

const cluster = { cluster: 'eu', context: 'prod', server: 'https://eu.example' }
const mask = (executable: boolean): Mask => {
  return { object: 0, path: '/spec/x', side: 'after', at: 0, bytes: 20, executable }
}
const effectOf = (more: Partial<Effect> = {}): Effect => ({
  summary: 'Set A of container app (Pod shop/web) to ***',
  risk: 'high',
  reasons: ['Pod shop/web runs a privileged container'],
  basis: 'server',
  objects: [
    {
      cluster: 'default',
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: 'shop',
      name: 'web',
      action: 'update',
      changes: [{ path: '/spec/x', before: 1, after: 'a\u202eb' }],
      diff: '-x: 1\n+x: a\u202eb\n',
    },
  ],
  highlights: [{ object: 0, path: '/spec/x', fact: 'privileged' }],
  generated: [],
  pins: {},
  ...more,
})

it('says cluster and context first, then what, how risky, what stands out, and all that changes', () => {
  expect(questionOf(effectOf({ masks: [mask(false)] }), cluster)).toBe(
    `Cluster eu (https://eu.example), context prod
Set A of container app (Pod shop/web) to ***
Risk: high
- Pod shop/web runs a privileged container
Look at:
- spec.x: privileged
Hidden: 1 text (***)
-x: 1
+x: a\\u202eb
`,
  )
})

it('is not asked where a part of what would run is hidden', () => {
  expect(() => questionOf(effectOf({ masks: [mask(false), mask(true)] }), cluster)).toThrow(
    expect.objectContaining({ code: 'UNMASK_FIRST', hint: expect.stringContaining('on the page of Fairlead') }),
  )
})

it.each([
  ['a fact', (length: number) => effectOf({ highlights: [{ object: 0, path: '', fact: 'x'.repeat(length) }] })],
  ['a reason', (length: number) => effectOf({ reasons: ['x'.repeat(length)] })],
  ['a summary', (length: number) => effectOf({ summary: 'x'.repeat(length) })],
  ['a mark that is written out', (length: number) => effectOf({ summary: '\u202e'.repeat(length / 6) })],
])('never loses a character of %s, and is not asked beyond 12,000', (_, of) => {
  const whole = questionOf(of(11_400), cluster)
  expect(whole.length).toBeLessThanOrEqual(12_000)
  expect(whole.length).toBeGreaterThan(11_400)
  expect(() => questionOf(of(12_000), cluster)).toThrow(expect.objectContaining({ code: 'TooLargeToConfirm' }))
})

it('shows the changes where the diff alone is too long', () => {
  const [object] = effectOf().objects
  if (object === undefined) throw new Error('no object')
  const long = effectOf({ objects: [{ ...object, diff: `${'x'.repeat(12_000)}\n` }] })
  expect(questionOf(long, cluster)).toMatch(/update Pod shop\/web\n- spec\.x: 1 → "a\\u202eb"$/)
})
