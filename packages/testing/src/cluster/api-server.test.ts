import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type OwnApiServer, startApiServer } from './api-server.ts'
import { kubeRequest } from './kube-request.ts'
import { requireNodes } from './require-nodes.ts'

describe('a throwaway Kubernetes API server', () => {
  let server: OwnApiServer
  beforeAll(async () => {
    server = await startApiServer({ audit: 'RequestResponse' })
  }, 60_000)
  afterAll(() => server?.stop(), 20_000)

  test('runs the pods of a Deployment on its nodes', async () => {
    requireNodes(server)
    const namespace = await server.newNamespace()
    const replicas = randomInt(1, 4)
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`
    const labels = { app: 'web' }
    const made = await server.request('POST', path, {
      metadata: { name: 'web' },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx:1' }] } },
      },
    })
    expect(made.status).toBe(201)
    await expect
      .poll(async () => (await server.request('GET', `${path}/web`)).body, { timeout: 15_000 })
      .toMatchObject({ status: { readyReplicas: replicas } })
  }, 20_000)

  test('writes what was done to the audit log', async () => {
    const namespace = await server.newNamespace('seen')
    await expect.poll(() => readFile(server.auditLog, 'utf8')).toContain(namespace)
  })

  test('knows the users it issued a kubeconfig for, with their groups', async () => {
    const config = JSON.parse(await readFile(await server.user('ada', ['ops', 'dev']), 'utf8'))
    const { user } = config.users[0]
    const { body } = await kubeRequest(server.url, {
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: {},
      ca: await readFile(server.caFile, 'utf8'),
      credentials: {
        cert: Buffer.from(user['client-certificate-data'], 'base64').toString(),
        key: Buffer.from(user['client-key-data'], 'base64').toString(),
      },
    })
    expect(body).toMatchObject({
      status: { userInfo: { username: 'ada', groups: ['ops', 'dev', 'system:authenticated'] } },
    })
  })
})

test('without binaries, the error says what is missing and how to get it', async () => {
  vi.stubEnv('KUBEBUILDER_ASSETS', tmpdir())
  await expect(startApiServer()).rejects.toThrow(/^etcd in .* is missing\. Set KUBEBUILDER_ASSETS/)
  vi.unstubAllEnvs()
})
