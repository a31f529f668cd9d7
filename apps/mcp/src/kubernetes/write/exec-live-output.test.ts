import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hearCall } from '../../fixtures/hear-call.fixture.ts'
import { startTestMcp, type TestMcp } from '../../fixtures/mcp-server.fixture.ts'
import { containers, makePod } from '../../fixtures/tools/simulated-pod.fixture.ts'

let cluster: ApiServer
let namespace: string
let mcp: TestMcp

beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('live')
  mcp = await startTestMcp(cluster.kubeconfig)
  await makePod(cluster, namespace, { metadata: { name: 'web' }, spec: { containers: containers('app') } })
})
afterAll(() => mcp?.close())

/** An approved exec as an engine asks for it. */
async function run(argv: string[], progressToken: string | undefined, more: object = {}) {
  const args = { pod_name: 'web', command: '', argv, namespace, ...more }
  const preview = await mcp.preview('k8s_exec', args)
  const grant = mcp.engine.grant({ tool: 'k8s_exec', args, preview })
  const _meta = { ...(progressToken !== undefined && { progressToken }), [metaKeys.grant]: grant }
  const { notices, answer } = await hearCall(mcp.url, { name: 'k8s_exec', arguments: args, _meta })
  return { notices, ...answer }
}

const colour = '\u001b[31m'

test('10 MB of colour, moved cursors and torn characters reach the reader in order, within limits', {
  timeout: 60_000,
}, async () => {
  // Each letter comes in two pieces, and the whole is far more than anybody is shown.
  const script = [
    `for i in 1 2 3 4 5; do printf '\\303'; sleep 0.05; printf '\\251 ${colour}red\\033[0m\\033[2K\\n'; done`,
    `yes "$(printf '${colour}\\303\\251\\033[0m moved\\033[3A and cleared\\033[2J')" | head -c 10000000`,
    'echo; echo the end',
  ].join('; ')
  const { notices, output, truncated } = await run(['sh', '-c', script], 'call_7')
  expect(notices.map(({ seq }) => seq)).toEqual(notices.map((_, index) => index + 1))
  for (const { at } of notices)
    expect(notices.filter((each) => each.at >= at && each.at < at + 900).length).toBeLessThanOrEqual(10)
  const live = notices.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)
  expect(Buffer.byteLength(live.join(''))).toBeLessThanOrEqual(256 * 1024)
  expect(live.join('').startsWith(`é ${colour}red\u001b[0m\n`)).toBe(true)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that nothing else of the kind is left is what is tested
  expect(live.join('').replaceAll(/\u001b\[[0-9;]*m/g, '')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\ufffd]/)
  expect(notices.filter(({ text }) => text.startsWith('live output is limited'))).toHaveLength(1)
  expect(truncated).toBe(true)
  expect(output.length).toBeLessThanOrEqual(60_000)
  expect(output).toMatch(/^é red\n/)
  expect(output).toMatch(
    /the end\n\[truncated: showing \d+ of \d+ characters; narrow with a command that prints less\]$/,
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  expect(output).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\ufffd]/)
})

test('secrets are masked in both, also where they come in pieces', async () => {
  const key = `-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\\n`
  const script = `printf 'before\\n${key}'; sleep 0.7; printf -- '-----END PRIVATE KEY-----\\nafter\\n'; printf 'Authorization: Bearer abcdefghijklmnop' >&2`
  const { notices, output } = await run(['sh', '-c', script], 'call_8')
  const live = notices.map(({ text }) => text).join('')
  for (const text of [live, output]) {
    expect(text).toContain('before\n***\nafter')
    expect(text).not.toMatch(/MIIEvQ|abcdefghijklmnop/)
  }
})

test('a command that is cut off in the middle of a secret has said nothing of it', async () => {
  const script = `printf 'got ghp_abcdefghijklmnopqrst'; sleep 20; echo uvwxyz0123456789ab`
  const { notices, output, outcome } = await run(['sh', '-c', script], 'call_9', { timeout_seconds: 2 })
  expect(outcome).toBe('unknown')
  expect(output).toMatch(/^got …\nUnknown: the limit of 2 s is over/)
  expect(notices.map(({ text }) => text).join('')).toMatch(/^(working\n)?got …?(working\n)?…?$/)
})

test('without a token for it nothing is sent but the result', async () => {
  const { notices, output } = await run(['printf', 'x'], undefined)
  expect([notices, output]).toEqual([[], 'x'])
})
