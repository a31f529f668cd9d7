import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { yamlText } from './yaml-text.ts'

const byLibrary = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd()

const words = [
  ...['', ' ', 'web', 'nginx:1.27', 'a b', '/var/run', '2026-11-21T16:48:59Z', '4e12a9c0-1b2d-4f00-9a77-000000000000'],
  ...[
    'true',
    'Null',
    'FALSE',
    '~',
    'yes',
    'no',
    'y',
    '1',
    '-1',
    '1.5',
    '1e5',
    '0x1F',
    '0o17',
    '.inf',
    '1_000',
    '12:30',
  ],
  ...['a: b', 'a:', ':a', 'a #b', 'a#b', '#a', '- a', '-', 'a-', 'a -b', '? a', '! a', '&a', '*a', '@a', '%a'],
  ...[
    'a,b',
    '[a]',
    '{a}',
    "it's",
    '"a"',
    '`a`',
    'a\tb',
    'a\nb',
    'a\nb\n',
    'a\n\nb\n\n',
    '\na',
    '  a\nb',
    'a \nb',
    '\n',
  ],
  ...['a\n   \nb', 'x\n---\ny', 'ünï', '😀', '\u0000', '\u2028', 'a'.repeat(300), 'k8s.io/name', 'a=b', '100m', '1Gi'],
  ...['<<', '=', 'key with: colon', '10.0.0.1', '10.0.0.1/24', 'system:masters', 'a:-b', 'a  b', '0', '00', 'Infinity'],
]
const numbers = [0, 1, -1, 30000, 1.5, 1e21, 1e-7, Number.MAX_SAFE_INTEGER]

test.each(words)('the text %j is what the library writes, wherever it stands', (text) => {
  for (const value of [[text], [[text]], { a: text }, { a: { b: text } }, { a: [{ b: text, c: 1 }, text] }]) {
    expect(yamlText(value).trimEnd()).toBe(byLibrary(value))
  }
  for (const value of [{ [text]: 1 }, { a: { [text]: { b: 'c' } } }, [{ [text]: [] }]]) {
    expect(yamlText(value).trimEnd()).toBe(byLibrary(value))
  }
})

test.each([
  null,
  true,
  'a',
  '',
  1,
  {},
  [],
  { a: undefined },
  { a: undefined, b: 1 },
  [undefined],
  { a: { b: undefined } },
  { a: {}, b: [] },
])('so is %j', (value) => {
  expect(yamlText(value)).toBe(byLibrary(value))
})

test('marks of a document mean what they are', () => {
  const value = { a: { '---': ['...'] }, '...': [{ '---': 1 }, '---'] }
  expect(parse(yamlText(value))).toEqual(value)
})

test('so is any nesting of them', () => {
  let seed = 1
  const below = (limit: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % limit
  }
  const any = <T>(from: readonly T[]): T => from[below(from.length)] as T
  const scalar = () => any([() => any(words), () => any(numbers), () => any([true, false, null, undefined])])()
  const tree = (depth: number): unknown => {
    if (depth === 0 || below(3) === 0) return scalar()
    const size = below(4)
    if (below(2) === 0) return Array.from({ length: size }, () => tree(depth - 1))
    return Object.fromEntries(Array.from({ length: size }, () => [any(words), tree(depth - 1)]))
  }
  for (let round = 0; round < 2_000; round++) {
    const value = { a: tree(4) }
    expect(yamlText(value).trimEnd()).toBe(byLibrary(value))
  }
})
