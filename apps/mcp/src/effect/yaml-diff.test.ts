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
