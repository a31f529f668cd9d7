import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { chooseCluster, isClusterNamed } from './choose-cluster.ts'

let folder: string
let state: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-cluster-'))
  state = join(folder, 'state')
  await mkdir(state)
})
afterEach(() => rm(folder, { recursive: true }))

async function kubeconfig(name: string, contexts: string[], current = '') {
  const path = join(folder, name)
  const lines = [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    ...contexts.map((it) => `- {name: ${it}, cluster: {server: "https://${it}:6443", certificate-authority: ca.crt}}`),
    'users:',
    ...contexts.map((it) => `- {name: ${it}, user: {token: token-of-${it}, client-key: keys/a.key}}`),
    'contexts:',
    ...contexts.map((it) => `- {name: ${it}, context: {cluster: ${it}, user: ${it}, namespace: shop}}`),
    `current-context: "${current}"`,
  ]
  await writeFile(path, lines.join('\n'))
  return path
}

test.each([
  [{}, false],
  [{ context: 'production' }, true],
  [{ kubeconfig: 'config' }, true],
  [{ inCluster: true }, true],
])('by %j a cluster is named: %s', (options, isNamed) => {
  expect(isClusterNamed(options)).toBe(isNamed)
})

test('a file gives its current context, and a copy for kubectl that works from another folder', async () => {
  const file = await kubeconfig('config', ['production', 'staging'], 'staging')
  const cluster = await chooseCluster({ kubeconfig: file }, {}, state)
  expect(cluster.settings).toEqual({ KUBECONFIG: file, K8S_CONTEXT: 'staging' })
  const copy = JSON.parse(await readFile(cluster.kubeconfig, 'utf8'))
  expect(copy).toMatchObject({
    'current-context': 'staging',
    clusters: [{ cluster: { server: 'https://staging:6443', 'certificate-authority': join(folder, 'ca.crt') } }],
    users: [{ user: { token: 'token-of-staging', 'client-key': join(folder, 'keys/a.key') } }],
  })
  expect(JSON.stringify(copy)).not.toContain('production')
  expect((await stat(cluster.kubeconfig)).mode & 0o777).toBe(0o600)
})

test('a context is found in any file of KUBECONFIG', async () => {
  const files = [await kubeconfig('one', ['a'], 'a'), await kubeconfig('two', ['b'], 'b')]
  const env = { KUBECONFIG: files.join(delimiter) }
  const cluster = await chooseCluster({ context: 'b' }, env, state)
  expect(cluster.settings).toEqual({ ...env, K8S_CONTEXT: 'b' })
  expect(JSON.parse(await readFile(cluster.kubeconfig, 'utf8')).clusters[0].cluster.server).toBe('https://b:6443')
})

test('in a pod, the service account is used', async () => {
  const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' }
  const { kubeconfig: copy } = await chooseCluster({ inCluster: true }, env, state)
  expect(JSON.parse(await readFile(copy, 'utf8')).clusters[0].cluster.server).toBe('https://10.96.0.1:443')
})

test.each([
  ['a context that is not there', { context: 'c' }, /No context c in .*; there is: a, b\./],
  ['a file that is not there', { kubeconfig: '/nowhere/config' }, /\/nowhere\/config cannot be read/],
  ['no current context', { kubeconfig: 'own' }, /has no current context: name one with --context/],
  ['two ways at once', { inCluster: true, context: 'a' }, /choose one/],
  ['in-cluster outside of a pod', { inCluster: true }, /works in a pod only/],
])('%s is refused in one sentence', async (_, options, sentence) => {
  const own = await kubeconfig('config', ['a', 'b'])
  const chosen = { ...options, ...('kubeconfig' in options && options.kubeconfig === 'own' ? { kubeconfig: own } : {}) }
  await expect(chooseCluster(chosen, { KUBECONFIG: own }, state)).rejects.toThrow(sentence)
})
