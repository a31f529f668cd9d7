import { expect, it } from 'vitest'
import { asRendered } from './generated-values.ts'
import { judgeRecord } from './judge-record.ts'
import type { ReleaseRecord } from './release-record.ts'

const job = (name: string, command: string) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: { template: { spec: { containers: [{ name: 'a', command: [command] }] } } },
})
const record = (objects: readonly object[], hooks: readonly object[] = []): ReleaseRecord => ({
  name: 'web',
  namespace: 'shop',
  version: 1,
  info: {},
  manifest: objects.map((object) => `---\n${JSON.stringify(object)}\n`).join(''),
  hooks: hooks.map((object) => ({ kind: 'Job', name: 'migrate', manifest: JSON.stringify(object) })),
})
const reader = { signal: new AbortController().signal, readingTurn: async () => () => undefined }
const judge = (approved: ReturnType<typeof job>[], actual: ReleaseRecord, of: 'objects' | 'hooks') => {
  const rendered = { objects: [], hooks: [], [of]: approved.map(asRendered) }
  return judgeRecord(actual, { rendered, namespace: 'shop' }, reader)
}

it.each(['objects', 'hooks'] as const)('of two %s with one name each must have been approved', async (of) => {
  const [good, evil] = [job('migrate', 'migrate'), job('migrate', 'steal')]
  const make = (...both: object[]) => (of === 'objects' ? record(both) : record([], both))
  expect(await judge([good], make(good), of)).toBeUndefined()
  expect(await judge([good], make(evil, good), of)).toBe('helm renders Job migrate, which was not approved')
  expect(await judge([good], make(good, evil), of)).toBe('helm renders Job migrate, which was not approved')
  expect(await judge([good], make(evil), of)).toBe('helm renders Job migrate otherwise than it was approved')
  expect(await judge([good, evil], make(evil, good), of)).toBeUndefined()
  expect(await judge([good, evil], make(good), of)).toBe('Job migrate was approved, and helm renders it no more')
})
