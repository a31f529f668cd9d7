import type { ProgressNotice } from '@fairlead/contract/tool/tool-meta'
import { leakedPiece, secretShapes } from '@fairlead/service-kit/redaction/secret-shapes.fixture'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLiveOutput, firstLineOf } from './live-output.ts'

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

const limited = 'live output is limited, the result has the end\n'
/** Of all notices, in bytes. */
const sentBytes = () => notices.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
const isGapless = () => expect(notices.map(({ seq }) => seq)).toEqual(notices.map((_, index) => index + 1))

test.each([
  ['a byte', 'x'],
  ['three bytes', '€'],
  ['four bytes', '\u{1f6a2}'],
])('what is more than 256 KiB is told once, and not sent; a character of %s counts as that', async (_, character) => {
  const live = createLiveOutput(send)
  const line = `${character.repeat(1_000 / character.length - 1)}\n`
  for (let count = 0; count < 600; count++) live.write('stdout', line)
  await vi.advanceTimersByTimeAsync(120_000)
  await live.end()
  expect(sentBytes()).toBeLessThanOrEqual(256 * 1024)
  expect(sentBytes()).toBeGreaterThan(250 * 1024)
  expect(textOf('stdout').replaceAll(line, '')).toBe('')
  expect(textOf('status')).toBe(limited)
})

test('what is left at the end keeps to ten a second, too: the oldest of it is left out, and that is told', async () => {
  const live = createLiveOutput(send)
  for (let line = 0; line < 100; line++) live.write('stdout', `${line} ${'x'.repeat(999)}\n`)
  await vi.advanceTimersByTimeAsync(500)
  await live.end()
  isGapless()
  expect(notices.length).toBeLessThanOrEqual(10)
  expect(textOf('status')).toBe(limited)
  expect(textOf('stdout')).toMatch(/^0 x+\n/)
  expect(textOf('stdout')).toMatch(/\n99 x+\n$/)
})

test('what waits is joined: two streams that say a little all the time lose nothing', async () => {
  const live = createLiveOutput(send)
  for (let line = 0; line < 100; line++) {
    live.write('stdout', `out ${line}\n`)
    live.write('stderr', `err ${line}\n`)
    await vi.advanceTimersByTimeAsync(100)
  }
  await live.end()
  expect(textOf('stdout').split('\n')).toHaveLength(101)
  expect(textOf('stderr').split('\n')).toHaveLength(101)
  expect(textOf('status')).toBe('')
})

describe('a reader that is slow', () => {
  /** One that takes nothing until it is told to. */
  const stalled = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const live = createLiveOutput(async (notice) => {
      await send(notice)
      await promise
    })
    return { live, readOn: resolve }
  }

  test('is not given what is oldest of what waited for it, and is told so once', async () => {
    const { live, readOn } = stalled()
    const write = async (from: number, to: number) => {
      for (let line = from; line < to; line++) {
        live.write('stdout', `${line} ${'x'.repeat(993)}\n`)
        await vi.advanceTimersByTimeAsync(100)
      }
    }
    await write(0, 600)
    expect(notices).toHaveLength(1)
    readOn()
    await write(600, 610)
    await vi.advanceTimersByTimeAsync(120_000)
    await live.end()
    isGapless()
    expect(textOf('status')).toBe(limited)
    const lines = textOf('stdout').split('\n').slice(0, -1)
    expect(lines[0]).toMatch(/^0 /)
    const shown = lines.slice(1).map((line) => Number.parseInt(line, 10))
    expect(shown).toEqual(shown.toSorted((a, b) => a - b))
    expect([shown[0] ?? 0, shown.at(-1)]).toEqual([expect.toSatisfy((first) => first > 300), 609])
    expect(shown.length).toBeGreaterThan(200)
    expect(sentBytes()).toBeLessThanOrEqual(256 * 1024)
  })

  test.each(['before its end', 'at its end'])('and takes nothing more %s does not hold the call up', async (when) => {
    const { live } = stalled()
    live.write('stdout', 'first\n')
    if (when === 'before its end') await vi.advanceTimersByTimeAsync(1_000)
    for (let line = 0; line < 3; line++) live.write('stderr', `${line}${'x'.repeat(1_000)}\n`)
    const ended = live.end().then(() => Date.now())
    const isRequested = Date.now()
    await vi.advanceTimersByTimeAsync(1_000)
    expect((await ended) - isRequested).toBeLessThan(500)
    isGapless()
    expect(notices.map(({ text }) => text)).toEqual(['first\n', limited])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(notices).toHaveLength(2)
  })

  test('and comes back after the end of the call is given nothing more', async () => {
    const { live, readOn } = stalled()
    live.write('stdout', 'first\n')
    await vi.advanceTimersByTimeAsync(1_000)
    live.write('stdout', 'second\n')
    const ended = live.end()
    await vi.advanceTimersByTimeAsync(1_000)
    await ended
    readOn()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(notices.map(({ text }) => text)).toEqual(['first\n', limited])
  })

  test('but reads has the rest at the end', async () => {
    const live = createLiveOutput(async (notice) => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      await send(notice)
    })
    for (const text of ['first\n', 'second\n']) {
      live.write('stdout', text)
      await vi.advanceTimersByTimeAsync(100)
    }
    live.write('stdout', 'third\n')
    const ended = live.end()
    await vi.advanceTimersByTimeAsync(1_000)
    await ended
    expect(textOf('stdout')).toBe('first\nsecond\nthird\n')
    expect(textOf('status')).toBe('')
  })
})

test.each([
  ['the first line', 'one\ntwo\n', 'one'],
  ['no colour', '\u001b[31mred\u001b[0m\n', 'red'],
  ['no secret', 'Authorization: Bearer 0123456789abcdef\n', 'Authorization: Bearer ***'],
  ['200 characters', `${'x'.repeat(999)}\n`, 'x'.repeat(200)],
  ['no half of a character', `${'x'.repeat(199)}\u{1f6a2}\n`, 'x'.repeat(199)],
])('for hosts that show a line there is %s', (_, text, line) => {
  expect(firstLineOf(text)).toBe(line)
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
      fc.asyncProperty(cuts, pauses, fc.boolean(), async (at, pause, isCut) => {
        notices = []
        const live = createLiveOutput(send)
        const ends = [...at.toSorted((a, b) => a - b), ...(isCut ? [] : [text.length])]
        for (const [index, end] of ends.entries()) {
          live.write('stdout', (index === 0 ? before : '') + text.slice(ends[index - 1] ?? 0, end))
          await vi.advanceTimersByTimeAsync(pause[index % pause.length] ?? 0)
        }
        await live.end({ isCut })
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
