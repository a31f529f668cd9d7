import { expect, test } from 'vitest'
import type { ToolServer } from './connect-tools.ts'
import { gateMisfit } from './gate-misfit.ts'
import { serve } from './tool-server.fixture.ts'
import { createToolServerHealth } from './tool-server-health.ts'

const own = { kid: 'k2', execReadAllowList: true }
const fitting = {
  mode: 'grant',
  identity: 'server',
  grant_store: 'redis',
  keys: ['k1', 'k2'],
  exec_read_allowlist: true,
}
const ready = (gate: object) => ({ status: 'ready', checks: { kubernetes: 'ok', gate } })

async function misfitOf(status: number, body: unknown) {
  const requests: (string | undefined)[] = []
  await using server = await serve((request, response) => {
    requests.push(request.url)
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  const misfit = await gateMisfit(server.url, own)
  expect(requests).toEqual(['/health/ready'])
  return misfit
}

test.each([
  ['all fits', fitting, undefined],
  ['it only reads', { ...fitting, mode: 'read-only' }, 'its mode is "read-only", so it takes no grants'],
  ['it asks its own user', { ...fitting, mode: 'confirm' }, 'its mode is "confirm", so it takes no grants'],
  ['it knows other keys', { ...fitting, keys: ['k1', 'k3'] }, 'it does not know the key k2'],
  ['it knows no key', { ...fitting, keys: [] }, 'it does not know the key k2'],
  ['it lets no command look', { ...fitting, exec_read_allowlist: false }, 'EXEC_READ_ALLOWLIST is off there, on here'],
  [
    'nothing fits',
    { ...fitting, keys: [], exec_read_allowlist: false },
    'it does not know the key k2; EXEC_READ_ALLOWLIST is off there, on here',
  ],
])('of a gate: %s', async (_, gate, said) => {
  expect(await misfitOf(200, ready(gate))).toBe(said)
  // A cluster that is away has nothing to do with it.
  expect(await misfitOf(503, { ...ready(gate), status: 'error' })).toBe(said)
})

test.each([
  ['has no such page', 404, 'Not found'],
  ['is ready and says no more', 200, { status: 'ready' }],
  ['has another idea of it', 200, ready({ mode: true, keys: 'k2' })],
  ['fails', 500, ''],
])('a server that %s is not found fault with', async (_, status, body) => {
  expect(await misfitOf(status, body)).toBeUndefined()
})

test('nor is one that is away', async () => {
  expect(await gateMisfit('http://127.0.0.1:1/mcp', own)).toBeUndefined()
})

function health(misfits: (string | undefined)[], { fault }: { fault?: string } = {}) {
  const warned: object[] = []
  let time = 0
  let reads = 0
  const tools = { ready: async () => fault && { kind: 'silent', sentence: fault } } as unknown as ToolServer
  return {
    warned,
    wait: (ms: number) => {
      time += ms
    },
    reads: () => reads,
    ...createToolServerHealth({
      tools,
      readMisfit: async () => misfits[reads++],
      log: { warn: (fields) => warned.push(fields) },
      now: () => time,
    }),
  }
}

test('what does not fit stands in the check and is warned of once', async () => {
  const { check, refresh, wait, warned } = health(['this', 'this', 'that', undefined])
  await refresh()
  expect(await check()).toBe('its gate does not fit: this')
  const seen: string[] = []
  for (let again = 0; again < 3; again++) {
    wait(30_000)
    await refresh()
    seen.push(await check())
  }
  expect(seen).toEqual(['its gate does not fit: this', 'its gate does not fit: that', 'ok'])
  expect(warned).toEqual([{ misfit: 'this' }, { misfit: 'that' }])
})

test('the gate is looked at by the check itself, at most every half minute', async () => {
  const { check, refresh, wait, reads } = health([])
  await Promise.all([check(), check(), check()])
  await refresh()
  expect(reads()).toBe(1)
  wait(29_999)
  await check()
  expect(reads()).toBe(1)
  wait(1)
  await check()
  expect(reads()).toBe(2)
})

test('a check does not wait for the gate', async () => {
  const never = { readMisfit: () => new Promise<undefined>(() => {}), log: { warn: () => {} }, now: () => 0 }
  const tools = { ready: async () => undefined } as unknown as ToolServer
  expect(await createToolServerHealth({ tools, ...never }).check()).toBe('ok')
})

test('a server that is not ready fails the check, whatever its gate', async () => {
  await expect(health(['this'], { fault: 'It did not answer.' }).check()).rejects.toThrow('It did not answer.')
})
