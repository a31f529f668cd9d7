import type { ProgressNotice } from '@fairlead/contract/tool-meta'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLiveOutput } from './live-output.ts'
import { leakedPiece, secretShapes } from './output/secret-shapes.fixture.ts'

let notices: (ProgressNotice & { at: number })[]
const send = async (notice: ProgressNotice) => void notices.push({ ...notice, at: Date.now() })
beforeEach(() => {
  vi.useFakeTimers()
  notices = []
})
afterEach(() => void vi.useRealTimers())
const textOf = (stream: ProgressNotice['stream']) =>
  notices
    .filter((each) => each.stream === stream)
    .map(({ text }) => text)
    .join('')

test('numbers rise without a gap, lines are whole, at most ten notices a second', async () => {
  const live = createLiveOutput(send)
  for (let line = 0; line < 500; line++) {
    live.write(line % 7 === 0 ? 'stderr' : 'stdout', `line ${line}\n`)
    await vi.advanceTimersByTimeAsync(10)
  }
  await vi.advanceTimersByTimeAsync(60_000)
  await live.end()
  expect(notices.map(({ seq }) => seq)).toEqual(notices.map((_, index) => index + 1))
  expect(notices.every(({ text }) => text.endsWith('\n'))).toBe(true)
  for (const { at } of notices)
    expect(notices.filter((each) => each.at >= at && each.at < at + 1_000).length).toBeLessThanOrEqual(10)
  expect(textOf('stdout').split('\n')).toHaveLength(500 - Math.ceil(500 / 7) + 1)
})

test('what is more than 256 KiB is told once, and not sent', async () => {
  const live = createLiveOutput(send)
  for (let line = 0; line < 600; line++) live.write('stdout', `${'x'.repeat(999)}\n`)
  await vi.advanceTimersByTimeAsync(120_000)
  await live.end()
  expect(textOf('stdout').length).toBeLessThanOrEqual(256 * 1024)
  expect(textOf('status')).toBe('live output is limited, the result has the end\n')
})

test('what is left at the end keeps to ten a second, too, and says that it is cut', async () => {
  const live = createLiveOutput(send)
  for (let line = 0; line < 100; line++) live.write('stdout', `${'x'.repeat(999)}\n`)
  await vi.advanceTimersByTimeAsync(500)
  await live.end()
  expect(notices.map(({ seq }) => seq)).toEqual(notices.map((_, index) => index + 1))
  expect(notices.length).toBeLessThanOrEqual(10)
  expect(notices.at(-1)).toMatchObject({ stream: 'status', text: 'live output is limited, the result has the end\n' })
})

test('a private key in many pieces is held back until its end, and masked', async () => {
  const live = createLiveOutput(send)
  const key = [
    '-----BEGIN PRIVATE KEY-----',
    ...Array(40).fill('MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ'),
    '-----END PRIVATE KEY-----',
  ]
  for (const line of ['before', ...key, 'after']) {
    live.write('stdout', `${line}\n`)
    live.write('stderr', 'in between\n')
    await vi.advanceTimersByTimeAsync(700)
  }
  await live.end()
  expect(textOf('stdout')).not.toContain('MIIEvQ')
  expect(textOf('stdout')).toMatch(/before[\s\S]*after/)
})

test.each([
  ['a header', 'sent Authorization: Bea', 'rer 0123456789abcdef'],
  ['a header, at a space', 'sent Authorization: Bearer ', '0123456789abcdef'],
  ['a token', 'using ghp_0123456789', 'abcdef0123456789abcdef0123456789abcdef'],
  ['userinfo', 'to postgres://app:0123456789', 'abcdef@db:5432/shop'],
  ['a private key', 'sent -----', 'BEGIN PRIVATE KEY-----\n0123456789abcdef\n-----END PRIVATE KEY-----'],
])('%s that comes in two pieces with a pause in between is masked', async (_, first, second) => {
  const live = createLiveOutput(send)
  live.write('stdout', first)
  await vi.advanceTimersByTimeAsync(1_000)
  live.write('stdout', `${second}\nafter\n`)
  await vi.advanceTimersByTimeAsync(1_000)
  await live.end()
  expect(textOf('stdout')).toContain('***')
  expect(textOf('stdout')).toMatch(/\nafter\n$/)
  expect(textOf('stdout')).not.toMatch(/0123|abcdef/)
})

describe.each(secretShapes())('$shape', (secret) => {
  const { text } = secret
  const before = 'before '

  test('leaves no piece of it, however it comes and wherever it breaks off', async () => {
    const cuts = fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 4 })
    const pauses = fc.array(fc.constantFrom(0, 200, 700), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(cuts, pauses, fc.boolean(), async (at, pause, isTorn) => {
        notices = []
        const live = createLiveOutput(send)
        const ends = [...at.toSorted((a, b) => a - b), ...(isTorn ? [] : [text.length])]
        for (const [index, end] of ends.entries()) {
          live.write('stdout', (index === 0 ? before : '') + text.slice(ends[index - 1] ?? 0, end))
          await vi.advanceTimersByTimeAsync(pause[index % pause.length] ?? 0)
        }
        await live.end({ isTorn })
        expect(leakedPiece(textOf('stdout'), secret)).toBeUndefined()
      }),
      { numRuns: 40 },
    )
  })

  test('leaves no piece of it where the limit is reached', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: text.length - 1 }), async (shown) => {
        notices = []
        const live = createLiveOutput(send)
        live.write('stdout', `${'x'.repeat(256 * 1024 - shown - before.length - 1)}\n${before}${text.slice(0, shown)}`)
        live.write('stdout', `${text.slice(shown)}\n`)
        await vi.advanceTimersByTimeAsync(60_000)
        await live.end()
        expect(textOf('stdout')).toContain('before')
        expect(leakedPiece(textOf('stdout'), secret)).toBeUndefined()
      }),
      { numRuns: 3 },
    )
  })
})

test('a private key that never ends is masked all the same', async () => {
  const live = createLiveOutput(send)
  live.write('stdout', 'before\n-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n')
  await vi.advanceTimersByTimeAsync(5_000)
  await live.end()
  expect(textOf('stdout')).toBe('before\n***\n')
})

test('a call that is silent says once that it works', async () => {
  const live = createLiveOutput(send)
  await vi.advanceTimersByTimeAsync(10_000)
  await live.end()
  expect(notices).toMatchObject([{ seq: 1, stream: 'status', text: 'working\n' }])
})

test('a line without an end is sent after half a second, and a lone carriage return ends one', async () => {
  const live = createLiveOutput(send)
  live.write('stdout', '10 %\r20 %')
  await vi.advanceTimersByTimeAsync(200)
  expect(textOf('stdout')).toBe('10 %\n')
  await vi.advanceTimersByTimeAsync(600)
  expect(textOf('stdout')).toBe('10 %\n20 %')
  await live.end()
})

test('a reader that is gone ends nothing', async () => {
  const live = createLiveOutput(() => Promise.reject(new Error('closed')))
  live.write('stdout', 'a\n')
  await vi.advanceTimersByTimeAsync(1_000)
  live.write('stdout', 'b\n')
  await expect(live.end()).resolves.toBeUndefined()
})
