import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { expectedFailures, revisions, runSuite, scoreOf } from './run-suite.fixture.ts'

const client = `"${process.execPath}" "${fileURLToPath(new URL('suite-client.fixture.ts', import.meta.url))}"`

describe('our client of tool servers has what a revision requires', () => {
  test.each(revisions)('%s', { timeout: 900_000 }, async (revision) => {
    const known = (await expectedFailures()).filter((each) => each.side === 'client' && each.revision === revision)
    const result = await runSuite('client', ['--command', client, '--requirements', revision, '--timeout', '120000'])
    const { ran, failed } = scoreOf(result)
    expect(failed, result.text).toEqual(known.map(({ scenario }) => scenario))
    expect(ran).toBeGreaterThan(15)
  })
})

test('few failures are known, each with its reason and where it is talked about', async () => {
  const known = await expectedFailures()
  for (const side of ['server', 'client']) expect(known.filter((each) => each.side === side).length).toBeLessThan(3)
  for (const { scenario, reason, thread } of known) {
    expect(scenario).not.toMatch(/^(tools|server|initialize|http|sse|lifecycle)/)
    expect(reason).not.toBe('')
    expect(thread).toMatch(/^https:\/\/github\.com\/modelcontextprotocol\//)
  }
})
