import { expect, test } from 'vitest'
import { type Report, renewed, type Survivor, weighMutants } from './check-mutants.ts'

const source = 'export const isOver = (left: number) =>\n  left > 3\n'
const mutant = (status: string, replacement = 'left < 3') => ({
  mutatorName: 'EqualityOperator',
  replacement,
  status,
  location: { start: { line: 2, column: 3 }, end: { line: 2, column: 11 } },
})
const report = (...mutants: ReturnType<typeof mutant>[]): Report => ({ files: { 'a.ts': { source, mutants } } })
const survivor: Survivor = {
  file: 'a.ts',
  line: 'left > 3',
  change: 'EqualityOperator: left > 3 -> left < 3',
  reason: '',
}

test('the score counts what was killed or never ended, and leaves out what could not run', () => {
  const { score, mutants } = weighMutants(
    report(mutant('Killed'), mutant('Timeout'), mutant('NoCoverage'), mutant('CompileError'), mutant('Ignored')),
    [],
  )
  expect(mutants).toBe(3)
  expect(score).toBeCloseTo(66.7, 1)
})

test('nothing changed is no success', () => {
  expect(weighMutants(report(), []).score).toBe(0)
})

test('a survivor needs a reason', () => {
  expect(weighMutants(report(mutant('Survived')), []).unexplained).toEqual([survivor])
  expect(weighMutants(report(mutant('Survived')), [survivor]).unexplained).toEqual([survivor])
  expect(weighMutants(report(mutant('Survived')), [{ ...survivor, reason: 'a count' }]).unexplained).toEqual([])
})

test('a reason is for one change of one line', () => {
  const others = [{ file: 'b.ts' }, { line: 'left > 4' }, { change: 'EqualityOperator: left > 3 -> left >= 3' }]
  for (const other of others) {
    const listed = { ...survivor, ...other, reason: 'a count' }
    const { unexplained, outdated } = weighMutants(report(mutant('Survived')), [listed])
    expect([unexplained, outdated]).toEqual([[survivor], [listed]])
  }
})

test('a reason for what a test kills by now is one too many', () => {
  const listed = { ...survivor, reason: 'a count' }
  expect(weighMutants(report(mutant('Killed')), [listed]).outdated).toEqual([listed])
  expect(weighMutants(report(mutant('Timeout')), [listed]).outdated).toEqual([])
})

test('the list is renewed: reasons stay, the outdated go, new ones wait for theirs', () => {
  const kept = { ...survivor, reason: 'a count' }
  const gone = { ...kept, file: 'gone.ts' }
  const found = report(mutant('Survived'), mutant('Survived', 'true'), mutant('Survived', 'true'))
  const list = renewed(weighMutants(found, [kept, gone]), [kept, gone])
  expect(list).toEqual([kept, { ...survivor, change: 'EqualityOperator: left > 3 -> true' }])
})
