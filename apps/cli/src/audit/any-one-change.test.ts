import { checkAuditByHand } from '@fairlead/testing/engine/check-audit-by-hand'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { headOf, newKey, tenRows } from './export-text.fixture.ts'
import { verifyPath } from './verify-path.fixture.ts'

const key = newKey('k1')
const good = tenRows(key)

/** Every leaf of a value, as somebody with an editor reaches it. */
function withOtherLeaf(value: unknown, pick: number): unknown {
  let left = pick
  const walk = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(walk)
    if (typeof inner === 'object' && inner !== null)
      return Object.fromEntries(Object.entries(inner).map(([name, each]) => [name, walk(each)]))
    if (left-- !== 0) return inner
    if (typeof inner === 'number') return inner + 1
    return typeof inner === 'string' ? `${inner.slice(0, -1)}${inner.endsWith('a') ? 'b' : 'a'}` : 'a'
  }
  return walk(value)
}

/** The last line hands out what is checked otherwise: only rows and bodies are changed here. */
const changes = fc.oneof(
  fc.record({ kind: fc.constant('leaf' as const), line: fc.nat(10), leaf: fc.nat(24) }),
  fc.record({ kind: fc.constant('remove' as const), line: fc.nat(10) }),
  fc.record({ kind: fc.constant('repeat' as const), line: fc.nat(10), to: fc.nat(10) }),
  fc.record({ kind: fc.constant('move' as const), line: fc.nat(10), to: fc.nat(10) }),
)

function changed(lines: readonly string[], change: typeof changes extends fc.Arbitrary<infer Change> ? Change : never) {
  const line = lines[change.line] ?? ''
  if (change.kind === 'leaf')
    return lines.with(change.line, JSON.stringify(withOtherLeaf(JSON.parse(line), change.leaf)))
  if (change.kind === 'remove') return lines.toSpliced(change.line, 1)
  if (change.kind === 'repeat') return lines.toSpliced(change.to, 0, line)
  return lines.toSpliced(change.line, 1).toSpliced(change.to, 0, line)
}

test('any one change of rows and bodies is found, by the command and by hand', { timeout: 60_000 }, async () => {
  // What stands behind the last head only a later one vouches for.
  const head = headOf(good.rows.at(-1) ?? { seq: 0, hash: '' }, key)
  await fc.assert(
    fc.asyncProperty(changes, async (change) => {
      const lines = changed(good.lines, change)
      // A body that comes earlier, or twice, tells nobody anything else.
      const isBody = (line: string) => line.startsWith('{"blob"')
      const rowsOf = (all: readonly string[]) => all.filter((line) => !isBody(line)).join('\n')
      const [body = '', row = ''] = [good.lines[3], good.lines[4]]
      const isThere = lines.includes(body) && lines.indexOf(body) < lines.indexOf(row)
      const isSame =
        rowsOf(lines) === rowsOf(good.lines) && isThere && lines.every((line) => !isBody(line) || line === body)
      const { said } = await verifyPath('-', { head }, `${lines.join('\n')}\n`)
      let byHand: string | undefined
      try {
        byHand = checkAuditByHand(lines.join('\n'), { head })
      } catch (error) {
        byHand = String(error)
      }
      expect([change, said.ok, byHand === undefined]).toEqual([change, isSame, isSame])
    }),
    { numRuns: 500 },
  )
})
