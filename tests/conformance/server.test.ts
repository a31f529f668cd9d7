import { startMcp } from '@fairlead/mcp/composition/start-mcp'
import { parseConfig } from '@fairlead/mcp/config'
import { createLogger } from '@fairlead/service-kit/logger'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { describe, expect, test } from 'vitest'
import { expectedFailures, type Revision, revisions, runSuite, scoreOf } from './run-suite.fixture.ts'
import { serveSuite } from './serve-suite.fixture.ts'

const limit = { timeout: 600_000 }
const known = async (revision: Revision) =>
  (await expectedFailures()).filter((each) => each.side === 'server' && each.revision === revision)

describe('the suite’s server behind our HTTP entry has what a revision requires', () => {
  test.each(revisions)('%s', limit, async (revision) => {
    await using served = await serveSuite({ keepsSessions: true })
    const result = await runSuite('server', ['--url', served.url, '--requirements', revision])
    const { ran, failed } = scoreOf(result)
    expect(failed, result.text).toEqual((await known(revision)).map(({ scenario }) => scenario))
    expect(ran).toBeGreaterThan(30)
  })

  test('without sessions it lacks what asks the client in the midst of a call, and nothing else', limit, async () => {
    await using served = await serveSuite({ keepsSessions: false })
    const args = ['--url', served.url, '--requirements', '2025-11-25', '--timeout', '15000']
    expect(scoreOf(await runSuite('server', args)).failed).toEqual([
      'tools-call-sampling',
      'tools-call-elicitation',
      'elicitation-sep1034-defaults',
      'elicitation-sep1330-enums',
    ])
  })
})

describe('the product itself', () => {
  const scenarios: Record<Revision, string[]> = {
    '2025-11-25': ['server-initialize', 'ping', 'tools-list', 'logging-set-level', 'dns-rebinding-protection'],
    '2026-07-28': ['tools-list', 'server-sse-multiple-streams', 'dns-rebinding-protection'],
  }
  test.each(revisions)('%s', limit, async (revision) => {
    const { kubeconfig } = await sharedApiServer()
    const config = parseConfig({ KUBECONFIG: kubeconfig }, ['--port', '0'])
    const log = createLogger({ name: 'mcp', level: 'fatal' })
    const mcp = await startMcp(config, { signal: new AbortController().signal, log })
    try {
      for (const scenario of scenarios[revision]) {
        const args = ['--url', mcp.url ?? '', '--scenario', scenario, '--spec-version', revision]
        const { code, text } = await runSuite('server', args)
        expect({ scenario, code, passed: /Passed: ([1-9]\d*)\/\1, 0 failed/.test(text) }, text).toEqual({
          scenario,
          code: 0,
          passed: true,
        })
      }
    } finally {
      await mcp.close()
    }
  })
})
