import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { expect, test } from 'vitest'
import { createDeployment, readDeployment } from './workloads.fixture.ts'

const root = resolve(import.meta.dirname, '../..')
const main = join(root, 'apps/cli/src/main.ts')

/** What the README has an editor start. */
async function fromReadme(): Promise<{ command: string; args: string[] }> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const [, block = ''] = /## In an editor[\s\S]*?```json\n([\s\S]*?)```/.exec(readme) ?? []
  expect(block.trim().split('\n')).toHaveLength(5)
  return JSON.parse(block).mcpServers.fairlead
}

const inTest = (arg: string) => (arg === 'staging' ? 'test' : arg)

/** Started as an editor starts it, in a folder of its own, and never asked without a person. */
async function openEditor({
  kubeconfig,
  more = [],
  alone = false,
}: {
  kubeconfig: string
  more?: string[]
  /** The kubeconfig is named in place of a context of it. */
  alone?: boolean
}) {
  const { command, args } = await fromReadme()
  expect(command).toBe('/path/to/fairlead/fairlead')
  // What that script starts; the script itself would install anew what has changed, beneath the other tests.
  const client = new Client({ name: 'editor', version: '1' }, { capabilities: { elicitation: {} } })
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      // The one context of the test's kubeconfig.
      args: [main, ...(alone ? ['mcp', '--kubeconfig', kubeconfig] : args.map(inTest)), ...more],
      env: { PATH: process.env.PATH ?? '', HOME: '/', KUBECONFIG: kubeconfig },
      cwd: '/',
      stderr: 'inherit',
    }),
  )
  return client
}

test('five lines of the README give an editor the tools; a change asks first', { timeout: 60_000 }, async () => {
  const server = await sharedApiServer()
  const namespace = await server.newNamespace('editor')
  await createDeployment({ server, namespace }, { name: 'web', replicas: 1 })
  const editor = await openEditor({ kubeconfig: server.kubeconfig })
  try {
    const confirmations: string[] = []
    let action: 'accept' | 'decline' = 'decline'
    editor.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      confirmations.push(params.message)
      return { action, ...(action === 'accept' && { content: { confirm: true } }) }
    })
    const call = async (name: string, args: Record<string, unknown>) =>
      (await editor.callTool({ name, arguments: args })).structuredContent
    const scale = { name: 'web', resource_type: 'deployment', namespace, replicas: 2 }
    const replicas = async () => (await readDeployment({ server, namespace }, 'web')).spec.replicas

    expect(await call('k8s_get', { resource_type: 'deployments', namespace })).toMatchObject({
      error: false,
      cluster: 'test',
      output: expect.stringContaining('web'),
    })
    expect(confirmations).toEqual([])
    expect(await call('k8s_scale', scale)).toMatchObject({ code: 'Refused' })
    expect(await replicas()).toBe(1)
    action = 'accept'
    expect(await call('k8s_scale', scale)).toMatchObject({ outcome: 'succeeded' })
    expect(await replicas()).toBe(2)
    const form = expect.stringMatching(/^Cluster test \(https:.*\), context test\nScale web 1 → 2 in /)
    expect(confirmations).toEqual([form, form])
  } finally {
    await editor.close()
  }
})

test('with --read-only nothing that changes is there', { timeout: 60_000 }, async () => {
  const server = await sharedApiServer()
  const editor = await openEditor({ kubeconfig: server.kubeconfig, more: ['--read-only'] })
  try {
    const { tools } = await editor.listTools()
    expect(tools.length).toBeGreaterThan(0)
    expect(tools.filter(({ annotations }) => annotations?.readOnlyHint !== true)).toEqual([])
  } finally {
    await editor.close()
  }
})

test('the cluster of a kubeconfig alone is asked about by the name of its context', { timeout: 60_000 }, async () => {
  const server = await sharedApiServer()
  const namespace = await server.newNamespace('editor')
  await createDeployment({ server, namespace }, { name: 'web', replicas: 1 })
  const editor = await openEditor({ kubeconfig: server.kubeconfig, alone: true })
  try {
    let formText = ''
    editor.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      formText = params.message
      return { action: 'decline' }
    })
    const scale = { name: 'web', resource_type: 'deployment', namespace, replicas: 2 }
    await editor.callTool({ name: 'k8s_scale', arguments: scale })
    expect(formText).toMatch(/^Cluster test \(https:.*\), context test\n/)
    formText = ''
    const same = await editor.callTool({ name: 'k8s_scale', arguments: { ...scale, replicas: 1 } })
    expect(same.structuredContent).toMatchObject({ error: false, outcome: 'succeeded' })
    expect(formText).toBe('')
  } finally {
    await editor.close()
  }
})
