import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { startStdioHost } from '../fixtures/stdio-host.fixture.ts'

let cluster: ApiServer
let folder: string
let file: string
let host: ReturnType<typeof startStdioHost>
beforeAll(async () => {
  cluster = await sharedApiServer()
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-settings-'))
  file = join(folder, 'settings.env')
})
afterEach(async () => {
  await host?.end()
  await rm(folder, { recursive: true, force: true })
})

/** A host that has shaken hands with a server that reads the file. */
async function startWith(settings: string, env: Record<string, string> = {}) {
  await writeFile(file, settings)
  host = startStdioHost(cluster.kubeconfig, {
    MCP_SETTINGS_FILE: file,
    MCP_RELOAD: 'true',
    ...env,
  })
  return host.initialize()
}

async function reloaded(settings: string): Promise<void> {
  await writeFile(file, settings)
  host.signal('SIGHUP')
}

let id = 10
async function ask(method: string, params: object = {}) {
  host.send({ id: ++id, method, params })
  return (await host.next()).result ?? {}
}

async function toolNames(): Promise<string[]> {
  const { tools } = (await ask('tools/list')) as { tools: { name: string }[] }
  return tools.map(({ name }) => name)
}

async function said(args: object): Promise<string> {
  return JSON.stringify((await ask('tools/call', { name: 'k8s_get', arguments: args })).structuredContent)
}

function untilLogged(part: string) {
  return vi.waitFor(() => {
    const line = host.logged.find(({ msg }) => String(msg).includes(part))
    if (line === undefined) throw new Error(`no line says "${part}": ${JSON.stringify(host.logged)}`)
    return line
  }, 10_000)
}

test('tools, denied kinds, lengths and the level are taken over, and the host is told', {
  timeout: 60_000,
}, async () => {
  const about = await startWith('MCP_TOOLSETS=k8s\n')
  expect(about?.capabilities).toMatchObject({ tools: { listChanged: true } })
  const before = await toolNames()
  expect(before).not.toContain('argo_abort_rollout')
  expect(await said({ resource_type: 'secrets', all_namespaces: true })).toContain('"error":false')

  await reloaded(
    '# at night\nMCP_TOOLSETS="k8s,argo"\nMCP_DISABLED_TOOLS=k8s_delete\nMCP_DENIED_KINDS=secrets\nMCP_MAX_OUTPUT_CHARS=1000\n',
  )
  expect((await host.next()).method).toBe('notifications/tools/list_changed')
  expect((await untilLogged('reloaded')).settings).toEqual([
    'MCP_DENIED_KINDS',
    'MCP_DISABLED_TOOLS',
    'MCP_MAX_OUTPUT_CHARS',
    'MCP_TOOLSETS',
  ])
  const after = await toolNames()
  expect(after).toContain('argo_abort_rollout')
  expect(before.filter((name) => !after.includes(name))).toEqual(['k8s_delete'])
  expect(await said({ resource_type: 'secrets', all_namespaces: true })).toContain('MCP_DENIED_KINDS')
  expect((await said({ resource_type: 'clusterroles' })).length).toBeLessThan(3_000)

  await reloaded('LOG_LEVEL=fatal\n')
  expect((await host.next()).method).toBe('notifications/tools/list_changed')
  expect(await toolNames()).toContain('k8s_delete')
  expect(await said({ resource_type: 'secrets', all_namespaces: true })).toContain('"error":false')
  expect(host.logged.filter(({ tool }) => tool !== undefined)).toHaveLength(3)
})

test("what is wrong, or the gate's: nothing is taken over, and the log says why", { timeout: 60_000 }, async () => {
  await startWith('MCP_TOOLSETS=k8s\n')
  const before = await toolNames()
  for (const [wrong, why] of [
    ['MCP_MODE=read-only', 'MCP_MODE can only be changed by a new start'],
    ['EXEC_READ_ALLOWLIST=false', 'EXEC_READ_ALLOWLIST can only be changed by a new start'],
    ['MCP_ALLOW_PROTECTED=true', 'MCP_ALLOW_PROTECTED can only be changed by a new start'],
    ['MCP_MAX_OUTPUT_CHARS=many', 'MCP_MAX_OUTPUT_CHARS: must be a number'],
    ['MCP_TOOLSET=argo', 'MCP_TOOLSET: no such setting'],
    ['MCP_TOOLSETS=k9s', 'MCP_TOOLSETS names "k9s"'],
    ['MCP_RELOAD=false', 'MCP_RELOAD belongs into the environment'],
    ['OTEL_EXPORTER_OTLP_HEADERS=a=b', 'OTEL_EXPORTER_OTLP_HEADERS belongs into the environment'],
  ] as const) {
    await reloaded(`MCP_TOOLSETS=k8s\n${wrong}\nMCP_DISABLED_TOOLS=k8s_get\n`)
    expect((await untilLogged(why)).msg).toMatch(/^nothing was reloaded: /)
    expect(await toolNames(), wrong).toEqual(before)
  }
  await rm(file)
  host.signal('SIGHUP')
  expect((await untilLogged('MCP_SETTINGS_FILE cannot be read')).level).toBe(50)
  expect(await toolNames()).toEqual(before)
})

test('the environment wins over the file, and a file that is not there stops the start', {
  timeout: 60_000,
}, async () => {
  await startWith('MCP_TOOLSETS=k8s\n', { MCP_TOOLSETS: 'argo' })
  expect((await toolNames()).every((name) => name.startsWith('argo_'))).toBe(true)
  // The engine may read the same file.
  await reloaded('MCP_TOOLSETS=helm\nMCP_SERVER_URL=http://127.0.0.1:1/mcp\n')
  expect((await untilLogged('nothing to reload')).settings).toEqual([])
  await host.end()
  host = startStdioHost(cluster.kubeconfig, { MCP_SETTINGS_FILE: join(folder, 'nowhere') })
  expect(await host.exited).toBe(2)
})

test('without MCP_RELOAD a list never changes, and a hang-up ends the server as ever', {
  timeout: 60_000,
}, async () => {
  const about = await startWith('MCP_TOOLSETS=k8s\n', { MCP_RELOAD: 'false' })
  expect(about?.capabilities).toMatchObject({ tools: { listChanged: false } })
  host.signal('SIGHUP')
  expect(await host.exited).toBe(null)
})
