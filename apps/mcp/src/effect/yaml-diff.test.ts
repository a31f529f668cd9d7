import { expect, it } from 'vitest'
import { shortDiffs, yamlDiff } from './yaml-diff.ts'

it('shows what changes, live to result', () => {
  const before = { kind: 'Deployment', apiVersion: 'apps/v1', spec: { replicas: 3, paused: false } }
  const diff = yamlDiff('Deployment shop/web', before, { ...before, spec: { replicas: 5, paused: false } })
  expect(diff).toBe(`--- live Deployment shop/web
+++ result Deployment shop/web
@@ -1,5 +1,5 @@
 apiVersion: apps/v1
 kind: Deployment
 spec:
   paused: false
-  replicas: 3
+  replicas: 5
`)
})

it('shows a creation as added and a deletion as removed', () => {
  expect(yamlDiff('X', undefined, { a: 1 })).toContain('\n+a: 1\n')
  expect(yamlDiff('X', { a: 1 }, undefined)).toContain('\n-a: 1\n')
})

it('does not fold long strings, and never points at an equal value elsewhere', () => {
  const long = 'word '.repeat(60).trim()
  const shared = { a: 1 }
  const diff = yamlDiff('X', undefined, { first: shared, second: shared, text: long })
  expect(diff).toContain(`+text: ${long}\n`)
  expect(diff).not.toContain('&')
})

it('is whole, and for a model cut at 400 lines with a note of what is missing', () => {
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`key${index}`, index]))
  const diff = yamlDiff('X', undefined, many)
  expect(diff.trimEnd().split('\n')).toHaveLength(1_003)
  const lines = shortDiffs([diff])[0]?.trimEnd().split('\n') ?? []
  expect(lines).toHaveLength(400)
  expect(lines.at(-1)).toBe('[diff cut: 604 more lines]')
})

it('gives up comparing what has nothing in common', { timeout: 10_000 }, () => {
  const text = (seed: number) => Array.from({ length: 20_000 }, (_, index) => `${(index * seed) % 99_991}`).join('\n')
  const diff = yamlDiff('X', { data: text(7) }, { data: text(11) })
  expect(diff.split('\n').length).toBeGreaterThan(40_000)
})

it('keeps the diffs of one answer under 60,000 characters together for a model', () => {
  const diff = `${'x'.repeat(99)}\n`.repeat(250)
  const limited = shortDiffs([diff, diff, diff, diff])
  expect(limited[0]).toBe(diff)
  expect(limited[1]).toBe(diff)
  expect(limited[2]?.endsWith('[diff cut: too large to show whole]\n')).toBe(true)
  expect(limited.join('').length).toBeLessThanOrEqual(60_000)
})

it('has both sides in one order, what a reader looks for first before all', () => {
  const after = { spec: 1, metadata: 2, name: 3, kind: 4, apiVersion: 5, b: 6, a: 7, zone: 8 }
  expect(yamlDiff('X', undefined, after)).toBe(`--- live X
+++ result X
@@ -0,0 +1,8 @@
+apiVersion: 5
+kind: 4
+name: 3
+metadata: 2
+a: 7
+b: 6
+spec: 1
+zone: 8
`)
})

it('shows both whole where a comparison would take too long', () => {
  const text = (mark: string) => Array.from({ length: 1_200 }, (_, index) => `${mark}${index}`).join('\n')
  const lines = yamlDiff('X', { data: text('a') }, { data: text('b') }).split('\n')
  expect(lines.slice(0, 5)).toEqual(['--- live X', '+++ result X', '-data: |-', '-  a0', '-  a1'])
  expect(lines).toHaveLength(2 + 2 * 1_201 + 1)
  expect(lines.slice(1_202, 1_206)).toEqual(['-  a1199', '+data: |-', '+  b0', '+  b1'])
  expect(lines.slice(-2)).toEqual(['+  b1199', ''])
})

it('cuts no diff of 400 lines, and the 401st with its own note', () => {
  const lines = (count: number) => `${Array.from({ length: count }, (_, index) => `l${index}`).join('\n')}\n`
  expect(shortDiffs([lines(400)])).toEqual([lines(400)])
  expect(shortDiffs([lines(401)])).toEqual([`${lines(399)}[diff cut: 2 more lines]\n`])
})

it('cuts what is too long at the end of a line', () => {
  const line = `${'x'.repeat(999)}\n`
  const note = '[diff cut: too large to show whole]\n'
  expect(shortDiffs([line.repeat(60)])).toEqual([line.repeat(60)])
  expect(shortDiffs([line.repeat(61)])).toEqual([line.repeat(59) + note])
  expect(shortDiffs([line.repeat(60), line])).toEqual([line.repeat(60), ''])
  const almost = `${line.repeat(59)}${'x'.repeat(999 - note.length)}\n`
  expect(shortDiffs([almost, line])).toEqual([almost, note])
  expect(shortDiffs([`x${almost}`, line])).toEqual([`x${almost}`, ''])
})

it.each([
  ['few lines', { a: 1 }],
  ['more than can be compared', Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`k${index}`, index]))],
])('a name with a line end makes no line of its own, with %s', (_, after) => {
  const before = Object.fromEntries(Array.from({ length: Object.keys(after).length }, (__, index) => [`o${index}`, '']))
  const [live, result] = yamlDiff('ClusterRole a\nRisk: low', before, after).split('\n')
  expect([live, result]).toEqual([
    '--- live ClusterRole a<U+000A>Risk: low',
    '+++ result ClusterRole a<U+000A>Risk: low',
  ])
})
