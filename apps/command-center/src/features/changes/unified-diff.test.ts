import { createTwoFilesPatch } from 'diff'
import { expect, test } from 'vitest'
import { pairLines, parseUnifiedDiff, splitSecret } from './unified-diff.ts'

const before = Array.from({ length: 30 }, (_, index) => `line ${index}`)
const after = before.toSpliced(5, 1, 'five', 'and a half').toSpliced(25, 1)
const diff = createTwoFilesPatch('live x', 'result x', `${before.join('\n')}\n`, `${after.join('\n')}\n`)

test('each line has its sign, its numbers and its text', () => {
  const lines = parseUnifiedDiff(diff)
  for (const { kind, before: from, after: to, text } of lines) {
    if (kind === 'same' || kind === 'del') expect(before[(from ?? 0) - 1]).toBe(text)
    if (kind === 'same' || kind === 'add') expect(after[(to ?? 0) - 1]).toBe(text)
  }
  expect(lines.filter(({ kind }) => kind === 'del').map(({ text }) => text)).toEqual(['line 5', 'line 24'])
  expect(lines.filter(({ kind }) => kind === 'add').map(({ text }) => text)).toEqual(['five', 'and a half'])
})

test('what is left out is counted', () => {
  const lines = parseUnifiedDiff(diff)
  const [first, second] = lines.filter(({ kind }) => kind === 'gap')
  expect(first?.text).toBe('1 unchanged line')
  const shown = lines.filter(({ kind }) => kind === 'same' || kind === 'del').map(({ before: at }) => at ?? 0)
  const hidden = shown.findIndex((at, index) => index > 0 && at !== (shown[index - 1] ?? 0) + 1)
  expect(second?.text).toBe(`${(shown[hidden] ?? 0) - (shown[hidden - 1] ?? 0) - 1} unchanged lines`)
})

test('a diff without hunks, and a cut one', () => {
  const lines = parseUnifiedDiff('--- live x\n+++ result x\n-a\n--- b\n+c\n[diff cut: 7 more lines]\n')
  expect(lines.map(({ kind, text }) => [kind, text])).toEqual([
    ['del', 'a'],
    ['del', '-- b'],
    ['add', 'c'],
    ['note', '[diff cut: 7 more lines]'],
  ])
})

test('side by side nothing is lost', () => {
  const lines = parseUnifiedDiff(diff)
  const pairs = pairLines(lines)
  const left = pairs.flatMap(({ left: line }) => (line !== undefined && line.kind !== 'add' ? [line] : []))
  const right = pairs.flatMap(({ right: line }) => (line !== undefined && line.kind !== 'del' ? [line] : []))
  expect(left).toEqual(lines.filter(({ kind }) => kind !== 'add'))
  expect(right).toEqual(lines.filter(({ kind }) => kind !== 'del'))
})

test('values of telling keys are split off', () => {
  expect(splitSecret('    password: hunter2')).toEqual(['    password: ', 'hunter2'])
  expect(splitSecret('  - apiToken: "x"')).toEqual(['  - apiToken: ', '"x"'])
  for (const text of ['password: ***(20 bytes, abc)', 'secretName: web', 'password:', 'plain text']) {
    expect(splitSecret(text)).toBeUndefined()
  }
})
