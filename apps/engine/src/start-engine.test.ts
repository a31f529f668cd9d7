import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLogger } from '@fairlead/service-kit/logger'
import { startFaultProxy } from '@fairlead/testing/cluster/fault-proxy'
import { compiled } from '@fairlead/testing/servers/compiled'
import { freePort } from '@fairlead/testing/servers/free-ports'
import { sharedPostgres } from '@fairlead/testing/shared/shared-servers'
import { startToolServer } from '@fairlead/testing/tools/scripted-tool-server'
import { afterEach, describe, expect, test } from 'vitest'
import { parseConfig } from './config.ts'
import { startEngine } from './start-engine.ts'

const unanswered = 'The tool server cannot be reached. It is asked again when it is needed.'

describe('a tool server that does not answer at the start', { timeout: 60_000 }, () => {
  let stack = new AsyncDisposableStack()
  afterEach(async () => {
    await stack.disposeAsync()
    stack = new AsyncDisposableStack()
  })

  async function settings(toolServer: string) {
    const port = await freePort()
    const env = {
      DEBUG: 'true',
      HOST: '127.0.0.1',
      PORT: String(port),
      POSTGRES_DATABASE_URL: await (await sharedPostgres()).newDatabase(),
      REDIS_URL: 'redis://127.0.0.1:1',
      JWT_SECRET: 'x'.repeat(48),
      LLM_MODEL: 'openai/none',
      LLM_HOST: 'http://127.0.0.1:1',
      OPENAI_API_KEY: 'none',
      MCP_SERVER_URL: toolServer,
    }
    return { env, ready: () => fetch(`http://127.0.0.1:${port}/api/v1/health/ready`).then(statusOf, () => 'nobody') }
  }

  test('is asked five times, 3 s apart, while HTTP says that it is not ready; then the process ends with a fault', async () => {
    const address = `http://127.0.0.1:${await freePort()}/mcp`
    const { env, ready } = await settings(address)
    const begun = performance.now()
    const engine = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: { PATH: process.env.PATH, ...compiled, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    stack.defer(() => void engine.kill('SIGKILL'))
    const [exit, errors] = [once(engine, 'exit'), text(engine.stderr)]
    const seen = new Set<number | string>()
    while (engine.exitCode === null && engine.signalCode === null) {
      seen.add(await ready())
      await sleep(20)
    }
    expect([...seen].toSorted()).toEqual([503, 'nobody'])
    expect(await exit).toEqual([1, null])
    expect(performance.now() - begun).toBeGreaterThan(4 * 3000)
    const lines = (await errors).trim().split('\n')
    expect(lines.filter((line) => line.includes(unanswered))).toHaveLength(1)
    expect(lines.at(-1)).toBe(`The tool server cannot be reached (${address}).`)
    expect(lines.filter((line) => /^\s+at |"stack"|fetch failed/.test(line))).toEqual([])
  })

  test('may answer later, and one line has told of it', async () => {
    const tools = await startToolServer()
    stack.defer(() => tools.close())
    const proxy = await startFaultProxy({ url: new URL(tools.url).origin })
    stack.defer(() => proxy.close())
    const { env, ready } = await settings(proxy.url + new URL(tools.url).pathname)
    const lines: string[] = []
    const failures = () => lines.filter((line) => line.includes(unanswered)).length
    let requests = 0
    proxy.interfere(() => ({ do: ++requests <= 4 ? 'cut' : 'pass' }))
    const ending = new AbortController()
    const log = createLogger({ name: 'engine', level: 'warn', destination: { write: (line) => lines.push(line) } })
    const engine = await startEngine(parseConfig(env), { signal: ending.signal, log, toolPauseSeconds: 0.01 })
    stack.defer(() => engine.close())
    stack.defer(() => ending.abort())
    expect(requests).toBeGreaterThan(4)
    expect(failures()).toBe(1)
    expect(await ready()).toBe(200)
  })
})

function statusOf({ status }: Response): number {
  return status
}
