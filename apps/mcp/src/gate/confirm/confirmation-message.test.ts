import type { Effect, Mask } from '@fairlead/contract/effect/effect'
import { expect, it } from 'vitest'
import { confirmationMessageOf } from './confirmation-message.ts'

const heading = 'Cluster eu (https://eu.example), context prod'
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
  expect(confirmationMessageOf(effectOf({ masks: [mask(false)] }), heading)).toBe(
    `Cluster eu (https://eu.example), context prod
Set A of container app (Pod shop/web) to ***
Risk: high
- Pod shop/web runs a privileged container
Look at:
- spec.x: privileged
Hidden: 1 text (***)
-x: 1
+x: a<U+202E>b
`,
  )
})

it('is not asked where a part of what would run is hidden', () => {
  expect(() => confirmationMessageOf(effectOf({ masks: [mask(false), mask(true)] }), heading)).toThrow(
    expect.objectContaining({ code: 'UNMASK_FIRST', hint: expect.stringContaining('on the page of Fairlead') }),
  )
})

it.each([
  ['a fact', (length: number) => effectOf({ highlights: [{ object: 0, path: '', fact: 'x'.repeat(length) }] })],
  ['a reason', (length: number) => effectOf({ reasons: ['x'.repeat(length)] })],
  ['a summary', (length: number) => effectOf({ summary: 'x'.repeat(length) })],
  ['a mark that is written out', (length: number) => effectOf({ summary: '\u202e'.repeat(length / 8) })],
])('never loses a character of %s, and is not asked beyond 12,000', (_, of) => {
  const whole = confirmationMessageOf(of(11_400), heading)
  expect(whole.length).toBeLessThanOrEqual(12_000)
  expect(whole.length).toBeGreaterThan(11_400)
  expect(() => confirmationMessageOf(of(12_000), heading)).toThrow(
    expect.objectContaining({ code: 'TooLargeToConfirm' }),
  )
})

it('shows the changes where the diff alone is too long', () => {
  const [object] = effectOf().objects
  if (object === undefined) throw new Error('no object')
  const long = effectOf({ objects: [{ ...object, diff: `${'x'.repeat(12_000)}\n` }] })
  expect(confirmationMessageOf(long, heading)).toMatch(/update Pod shop\/web\n- spec\.x: 1 → "a<U\+202E>b"$/)
})

it('names the object of what stands out where there are several, and the elements on the way', () => {
  const [object] = effectOf().objects
  if (object === undefined) throw new Error('no object')
  const place = '/spec/containers/0'
  const two = effectOf({
    objects: [object, { ...object, kind: 'Job', name: 'b', elements: { [place]: { name: 'app' } }, diff: '' }],
    highlights: [
      { object: 0, path: '', fact: 'deletes volume' },
      { object: 1, path: `${place}/image`, fact: 'image evil:1' },
    ],
    masks: [mask(false), mask(false)],
  })
  expect(confirmationMessageOf(two, heading)).toContain(`
Look at:
- Pod shop/web, whole object: deletes volume
- Job shop/b, spec.containers[name=app].image: image evil:1
Hidden: 2 texts (***)
-x: 1
`)
})

it('says nothing of what nobody looked at, and of what does not stand out', () => {
  const { highlights, masks, ...bare } = effectOf({ reasons: [], risk: 'low', objects: [] })
  const plain = `Cluster eu (https://eu.example), context prod
Set A of container app (Pod shop/web) to ***
Risk: low`
  expect(confirmationMessageOf(bare, heading)).toBe(plain)
  expect(confirmationMessageOf({ ...bare, highlights: [], masks: [] }, heading)).toBe(plain)
  expect({ highlights, masks }).toMatchObject({ highlights: [{ object: 0 }] })
})

it('shows what comes and what goes where the diff alone is too long', () => {
  const [object] = effectOf().objects
  if (object === undefined) throw new Error('no object')
  const changes = [
    { path: '/data/a', after: 'new' },
    { path: '/data/b', before: { old: 1 } },
  ]
  const { diff, ...bare } = object
  const of = (more: object) => confirmationMessageOf(effectOf({ objects: [{ ...bare, changes, ...more }] }), heading)
  expect(of({ diff: 'x'.repeat(12_000) })).toMatch(
    /\nupdate Pod shop\/web\n- data\.a: nothing → "new"\n- data\.b: \{"old":1\} → nothing$/,
  )
  expect(of({}).endsWith('- spec.x: privileged')).toBe(true)
  expect(diff).toContain('+x')
})

it('fits to the last character, and says how long it is where it does not', () => {
  const of = (length: number) => confirmationMessageOf(effectOf({ objects: [], summary: 'x'.repeat(length) }), heading)
  const longest = 12_001 - of(1).length
  expect(of(longest)).toHaveLength(12_000)
  expect(() => of(longest + 1)).toThrow(
    expect.objectContaining({
      code: 'TooLargeToConfirm',
      message:
        "this change takes 12001 characters to show, and a question to the host's user holds 12000. It is not cut, and nothing was written.",
      hint: 'Make it in smaller steps. Or ask for it on the page of Fairlead (`fairlead up` prints its address), which shows all of it.',
    }),
  )
})

it('says why it is not asked where a part of what would run is hidden', () => {
  expect(() => confirmationMessageOf(effectOf({ masks: [mask(true)] }), heading)).toThrow(
    expect.objectContaining({
      message: 'a part of what would run is hidden as a secret here, so nobody can confirm it. Nothing was written.',
      hint: 'Write it without the secret. Or ask for it on the page of Fairlead (`fairlead up` prints its address), which shows the hidden text to whoever may approve.',
    }),
  )
})

it('says the length of the shorter form where neither fits', () => {
  const [object] = effectOf().objects
  if (object === undefined) throw new Error('no object')
  const changes = [{ path: '/spec/x', after: 'y'.repeat(13_000) }]
  expect(() =>
    confirmationMessageOf(effectOf({ objects: [{ ...object, changes, diff: 'x'.repeat(20_000) }] }), heading),
  ).toThrow(/^this change takes 13\d\d\d characters to show/)
})

it('lets nothing of the effect begin a line of its own, or hide', () => {
  const [object] = effectOf().objects
  if (object === undefined) throw new Error('no object')
  const forged = 'bo\u200bb\u200f@example.com\nRisk: low\u2028Hidden: 0 texts'
  const said = 'bo<U+200B>b<U+200F>@example.com<U+000A>Risk: low<U+2028>Hidden: 0 texts'
  const of = (more: Partial<Effect>) =>
    confirmationMessageOf(
      effectOf({
        ...{ summary: forged, reasons: [forged] },
        objects: [
          { ...object, name: forged, changes: [{ path: `/data/${forged}`, before: forged }] },
          { ...object, diff: '' },
        ],
        highlights: [
          { object: 0, path: `/data/${forged}`, fact: `User ${forged}` },
          { object: 1, path: '/spec/x', fact: 'one line\n' },
        ],
        ...more,
      }),
      `Cluster ${forged} (${forged}), context ${forged}`,
    )
  expect(of({})).toBe(`Cluster ${said} (${said}), context ${said}
${said}
Risk: high
- ${said}
Look at:
- Pod shop/${said}, data[${JSON.stringify(forged).replace(/[\u200b\u200f\u2028]/g, (it) => `<U+${it.charCodeAt(0).toString(16).toUpperCase()}>`)}]:
    | User bo<U+200B>b<U+200F>@example.com
    | Risk: low<U+2028>Hidden: 0 texts
- Pod shop/web, spec.x: one line
-x: 1
+x: a<U+202E>b
`)
})

it('keeps the changes, which stand there in place of a long diff, to a line each', () => {
  const [object] = effectOf().objects
  if (object === undefined) throw new Error('no object')
  const changes = [{ path: '/data/x', before: 'a\nRisk: low', after: 'b\u2028c' }]
  const long = { ...object, name: 'a\nb', changes, diff: 'x'.repeat(12_000) }
  expect(confirmationMessageOf(effectOf({ objects: [long] }), heading)).toMatch(
    /\nupdate Pod shop\/a<U\+000A>b\n- data\.x: "a\\nRisk: low" → "b<U\+2028>c"$/,
  )
})
