import { leakedPiece, secretShapes } from '@fairlead/service-kit/redaction/secret-shapes.fixture'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KubeContext } from '../../../kube/kube-context.ts'
import { createCommandOutput } from './command-output.ts'

const available = 4_000
const outputOf = (pieces: readonly string[], exitCode?: number): string => {
  const settings = { maxOutputChars: available + 400 } as KubeContext['settings']
  const output = createCommandOutput({ settings, progress: () => undefined })
  for (const piece of pieces) output.receive('stdout', piece)
  if (exitCode !== undefined) output.ended(exitCode)
  const ref = { cluster: 'c', apiVersion: 'v1', kind: 'Pod', name: 'p' }
  return output.report({}, exitCode === undefined ? { outcome: { ref, outcome: 'unknown' }, tries: 1 } : undefined)
    .output
}

describe.each(secretShapes())('$shape', (secret) => {
  const { text } = secret

  test('leaves no piece of it on either side of what was left out', () => {
    // Much that is masked makes the text short, so that both sides of the gap are shown.
    const masked = `https://bob:${'p'.repeat(200)}@git.example/x.git\n`
    const manyMasked = masked.repeat(Math.floor((2 * available) / masked.length) * 3)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length }), fc.integer({ min: 1, max: 900 }), (offset, size) => {
        const head = manyMasked.slice(0, available - offset)
        const whole = `${head.slice(0, head.lastIndexOf('\n') + 1).padEnd(head.length, '.')} ${text}\n${manyMasked}${text}\n`
        for (const lost of [0, offset, text.length]) {
          const tail = `${'-'.repeat(2 * available - lost)} ${text}\n${masked.repeat(2)}`
          const pieces = (whole + tail).match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
          expect(leakedPiece(outputOf(pieces, 0), secret)).toBeUndefined()
        }
      }),
      { numRuns: 10 },
    )
  })

  test('leaves no piece of it where the command was cut off', () => {
    for (let end = 0; end <= text.length; end++)
      expect(leakedPiece(outputOf([`said ${text.slice(0, end)}`]), secret)).toBeUndefined()
  })
})

test('the last word of a command that ended is shown, of one that was cut off it is not', () => {
  expect(outputOf(['one two'], 0)).toBe('one two')
  expect(outputOf(['one two'])).toMatch(/^one …\nUnknown: /)
  expect(outputOf(['one two\n'])).toMatch(/^one two\nUnknown: /)
})

test('an end that is one endless line is said to be one', () => {
  expect(outputOf(['first\n', 'x'.repeat(5 * available)], 0)).toMatch(
    /^first\n…\n\[…\]\n\[its end is in a line that is too long\]\n\[truncated: showing \d+ of 20006 characters; /,
  )
})
