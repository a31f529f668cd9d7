import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestMcp } from '../../fixtures/mcp-server.fixture.ts'

let server: ApiServer
let folder: string
beforeAll(async () => {
  server = await sharedApiServer()
  folder = await mkdtemp(join(tmpdir(), 'fairlead-contexts-'))
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

test('with one cluster there is no such tool', async () => {
  const mcp = await startTestMcp(server.kubeconfig)
  try {
    expect(await mcp.call('k8s_contexts', {})).toMatchObject({ error: true, code: 'NotFound' })
  } finally {
    await mcp.close()
  }
})

test('every cluster is listed with its version, and one that is away hides no other', async () => {
  const ca = (await readFile(server.caFile)).toString('base64')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    contexts: ['here', 'away', 'stranger'].map((name) => ({
      name,
      context: { cluster: name === 'away' ? 'away' : 'here', user: name === 'stranger' ? 'stranger' : 'admin' },
    })),
    clusters: [
      { name: 'here', cluster: { server: server.url, 'certificate-authority-data': ca } },
      { name: 'away', cluster: { server: 'https://bob:hunter2hunter2@127.0.0.1:1', 'certificate-authority-data': ca } },
    ],
    users: [
      { name: 'admin', user: { token: server.token } },
      { name: 'stranger', user: { token: 'wrong' } },
    ],
  }
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, JSON.stringify(config))
  const mcp = await startTestMcp(kubeconfig)
  try {
    const answer = await mcp.call('k8s_contexts', {})
    const { output, data, error } = answer
    expect(error).toBe(false)
    const [header, ...lines] = output.split('\n')
    expect(header).toMatch(/^CURRENT +NAME +SERVER +VERSION +REACHABLE$/)
    expect(lines).toEqual([
      expect.stringMatching(/^\* +here +https:\S+ +v1\.\S+ +yes$/),
      expect.stringMatching(/^ +away +https:\/\/bob:\*\*\*@127\.0\.0\.1:1 +<unknown> +no, Unavailable: /),
      expect.stringMatching(/^ +stranger +https:\S+ +<unknown> +yes, Unauthorized: /),
    ])
    expect(data?.rows).toMatchObject([{ NAME: 'here', CURRENT: '*' }, { NAME: 'away' }, { NAME: 'stranger' }])
    expect(output).not.toContain(server.token)
    expect(JSON.stringify(answer)).not.toContain('hunter2')
  } finally {
    await mcp.close()
  }
})
