import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EngineProcess, type Installation, startInstallation } from './installation.fixture.ts'

let all: Installation & { engine: EngineProcess }
beforeAll(async () => {
  all = await startInstallation()
}, 180_000)
afterAll(() => all?.close(), 60_000)

const checksOf = async ({ api }: EngineProcess) => {
  const answer = await fetch(`${api}/health/ready`)
  return { status: answer.status, ...((await answer.json()) as { checks: { mcp: string } }).checks }
}

test('an engine whose gate does not fit that of its tool server says so, and takes traffic all the same', async () => {
  const patience = { timeout: 20_000 }
  await expect.poll(() => checksOf(all.engine), patience).toMatchObject({ status: 200, mcp: 'ok' })
  const other = await all.startEngine({ env: { EXEC_READ_ALLOWLIST: 'off' } })
  const mcp = 'its gate does not fit: EXEC_READ_ALLOWLIST is on there, off here'
  await expect.poll(() => checksOf(other), patience).toMatchObject({ status: 200, mcp })
}, 60_000)
