import { describe, expect, test } from 'vitest'
import { maskText } from './mask.ts'
import { secretShapes } from './secret-shapes.fixture.ts'

const SHORT = 8_000
const TIMES = 16
/** Sixteen times the text may cost sixteen times the work; were it the square, it would be 256 times. */
const MAX_GROWTH = 80
/** Under this the clock measures other things. A square costs seconds. */
const TOO_SHORT_MS = 150

const openings = [
  ...[
    '"secret":[',
    '"secret":["',
    '"secret":"',
    'password="',
    "password='",
    '\\"token\\":\\"',
    'password=',
    'cookie: a=b; ',
  ],
  ...[
    'Authorization:',
    'authorization=Digest a=b, ',
    'authorization: x',
    'Bearer  ',
    'bearer a',
    'basic ',
    'a.',
    'a-',
    'a:@',
  ],
  ...[
    'eyJ',
    '-eyJ',
    '.eyJaaaaaaaa',
    'eyJaaaaaaaa.',
    '\\neyJ',
    'sk-',
    'x://',
    'x://a:',
    'https://a',
    'https://a:b',
    'x+://',
    '\\nx://',
  ],
  ...[
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\n',
    '-----BEGIN ',
    'PRIVATE KEY ',
  ],
  ...[
    '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n',
    'MIIEvQIBADANBgkqhkiG9w0B\n',
    'LS0tLS1CRUdJTiBQUklWQVRF',
    '?sig=',
    '[',
    '\\',
    '"',
  ],
]

function timeOf(text: string): number {
  const times = [1, 2].map(() => {
    const started = performance.now()
    maskText(text, 'read')
    return performance.now() - started
  })
  return Math.min(...times)
}

const repeated = (piece: string, length: number) => piece.repeat(Math.ceil(length / piece.length))

/** Whoever shares the machine makes one measurement slow, and not all of them. */
const TRIES = 5

function growsNoFaster(short: string, long: string): boolean {
  return Array.from({ length: TRIES }).some(() => {
    const before = timeOf(short)
    return timeOf(long) < Math.max(TOO_SHORT_MS, before * MAX_GROWTH)
  })
}

describe('the work grows with the text and no faster', () => {
  test.each([...openings, ...secretShapes().map(({ text }) => text)])('over %j, again and again', (piece) => {
    expect(growsNoFaster(repeated(piece, SHORT), repeated(piece, SHORT * TIMES))).toBe(true)
  })

  test.each(openings)('over one %j that never ends', (piece) => {
    for (const rest of ['a', '9', 'A1b2C3d4', ' ', '\n', 'a\n', '/', '=', '-']) {
      const [short = '', long = ''] = [SHORT, SHORT * TIMES].map((length) => piece + repeated(rest, length))
      expect(growsNoFaster(short, long), JSON.stringify(rest)).toBe(true)
    }
  })
})
