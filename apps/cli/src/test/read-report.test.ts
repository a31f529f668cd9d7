import { expect, test } from 'vitest'
import { readReport } from './read-report.ts'

const passed = { fullName: 'adds', status: 'passed', failureMessages: [] }

test('counts passes, and names what failed with its file', () => {
  const failed = { fullName: 'scales', status: 'failed', failureMessages: ['AssertionError: 2 is not 3'] }
  expect(
    readReport({ testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults: [passed, failed] }] }),
  ).toEqual({ passed: 1, failed: ['a.test.ts > scales'], skipped: [] })
})

test('a missing part is a skip that names the part, whether a test or the set-up met it', () => {
  const why = 'MissingPart: Redis is missing. Install Debian package redis-server.'
  const own = { fullName: 'streams', status: 'failed', failureMessages: [`${why}\n    at redis.ts:3`] }
  const after = { fullName: 'streams too', status: 'skipped', failureMessages: [] }
  const report = {
    testResults: [
      { name: 'a.test.ts', status: 'failed', assertionResults: [passed, own] },
      { name: 'b.test.ts', status: 'failed', message: why, assertionResults: [after] },
      { name: 'c.test.ts', status: 'failed', message: why, assertionResults: [] },
    ],
  }
  const part = '(Redis is missing. Install Debian package redis-server.)'
  expect(readReport(report)).toEqual({
    passed: 1,
    failed: [],
    skipped: [`a.test.ts > streams ${part}`, `b.test.ts > streams too ${part}`, `c.test.ts ${part}`],
  })
})

test('a file that could not be loaded failed, though none of its tests did', () => {
  const broken = { name: 'a.test.ts', status: 'failed', message: 'SyntaxError: no', assertionResults: [] }
  expect(readReport({ testResults: [broken] })).toEqual({ passed: 0, failed: ['a.test.ts'], skipped: [] })
})

test('a skip is named, whoever asked for it', () => {
  const later = { fullName: 'later', status: 'pending', failureMessages: [] }
  expect(
    readReport({ testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults: [later] }] }).skipped,
  ).toEqual(['a.test.ts > later'])
})
