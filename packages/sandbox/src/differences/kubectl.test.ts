import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kubernetesAssets } from '@fairlead/testing/cluster/kubernetes-assets'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareServer, startBareSandbox, startRealServer } from './bare-servers.fixture.ts'

let servers: BareServer[] = []
const folder = mkdtempSync(join(tmpdir(), 'fairlead-kubectl-'))
beforeAll(async () => {
  servers = [await startRealServer(), await startBareSandbox((bug) => expect.unreachable(String(bug)))]
  for (const server of servers) {
    await server.send({
      method: 'POST',
      path: '/api/v1/namespaces/default/serviceaccounts',
      body: { metadata: { name: 'default' } },
    })
  }
}, 60_000)
afterAll(async () => {
  for (const server of servers) await server.stop()
  rmSync(folder, { recursive: true })
})

const manifest = (text: string): string => {
  const path = join(folder, `${Buffer.from(text).toString('hex').slice(-24)}.yaml`)
  writeFileSync(path, text)
  return path
}
const settings = (value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {mode: ${value}}\n`
const web = (image: string, more = '') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: api, labels: {app: api}}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - {name: app, image: "${image}", ports: [{containerPort: 80}]${more}}
`

/** Every command runs on both servers, in this order; `-` stands before one that has to fail. */
const commands: readonly (readonly string[])[] = [
  ['version', '-o', 'yaml'],
  ['create', 'deployment', 'web', '--image=nginx:1', '--replicas=3', '--port=80'],
  ['get', 'deployments', '-o', 'wide'],
  ['get', 'deployment', 'web', '-o', 'yaml', '--show-managed-fields'],
  ['describe', 'deployment', 'web'],
  ['expose', 'deployment', 'web', '--port=80', '--target-port=8080'],
  ['get', 'service', 'web', '-o', 'jsonpath={.spec.ports}'],
  ['set', 'image', 'deployment/web', 'nginx=nginx:2'],
  ['set', 'env', 'deployment/web', 'A=b'],
  ['scale', 'deployment', 'web', '--replicas=5'],
  ['rollout', 'restart', 'deployment/web'],
  ['rollout', 'pause', 'deployment/web'],
  ['autoscale', 'deployment', 'web', '--min=1', '--max=3', '--cpu=50%'],
  ['label', 'deployment', 'web', 'tier=front'],
  ['annotate', 'deployment', 'web', 'note=x'],
  ['get', 'all', '-l', 'tier=front'],
  ['create', 'configmap', 'plain', '--from-literal=a=b'],
  ['create', 'secret', 'generic', 'keys', '--from-literal=a=b', '-o', 'yaml'],
  ['create', 'job', 'task', '--image=busybox', '--', 'true'],
  ['create', 'cronjob', 'nightly', '--image=busybox', '--schedule=0 3 * * *'],
  ['create', 'role', 'reader', '--verb=get,list', '--resource=pods'],
  ['create', 'rolebinding', 'readers', '--role=reader', '--user=ada'],
  ['create', 'quota', 'few', '--hard=configmaps=20'],
  ['create', 'namespace', 'other'],
  ['run', 'one', '--image=nginx:1', '--labels=a=b'],
  ['get', 'pods'],
  ['apply', '-f', manifest(settings('one'))],
  ['apply', '-f', manifest(settings('two'))],
  ['apply', '-f', manifest(settings('two'))],
  ['diff', '-f', manifest(settings('two'))],
  ['get', 'configmap', 'settings', '-o', 'yaml', '--show-managed-fields'],
  ['apply', '--server-side', '-f', manifest(web('nginx:1'))],
  ['apply', '--server-side', '-f', manifest(web('nginx:2', ', env: [{name: A, value: b}]'))],
  ['apply', '--server-side', '--field-manager=other', '-f', manifest(web('nginx:3'))],
  ['apply', '--server-side', '--field-manager=other', '--force-conflicts', '-f', manifest(web('nginx:3'))],
  ['get', 'deployment', 'api', '-o', 'yaml', '--show-managed-fields'],
  ['apply', '--server-side', '-f', manifest(settings('two'))],
  ['apply', '-f', manifest(web('nginx:1', ', imagePolicy: x'))],
  ['patch', 'configmap', 'settings', '-p', '{"data":{"mode":"three"}}'],
  ['patch', 'deployment', 'api', '--type=json', '-p', '[{"op":"replace","path":"/spec/replicas","value":0}]'],
  ['explain', 'deployment.spec.strategy'],
  ['explain', 'pod.spec.containers.ports'],
  ['auth', 'can-i', 'delete', 'pods'],
  ['auth', 'can-i', 'get', 'secrets', '--as=ada'],
  ['auth', 'can-i', 'get', 'pods', '--as=ada'],
  ['auth', 'whoami'],
  ['get', 'pods', '--as=ada'],
  ['get', 'secrets', '--as=ada'],
  ['get', 'nothing'],
  ['get', 'configmap', 'nothing'],
  ['delete', 'configmap', 'settings', '--dry-run=server'],
  ['delete', 'configmap', 'settings'],
  ['delete', 'deployment', 'web', 'api', '--wait=false'],
  ['delete', 'deployment', 'web'],
]

function run(server: BareServer, args: readonly string[], cache: string): Promise<string> {
  const { binaries } = kubernetesAssets()
  const all = [`--kubeconfig=${server.kubeconfig}`, `--cache-dir=${join(folder, cache)}`, ...args]
  return new Promise((answered) => {
    execFile(join(binaries, 'kubectl'), all, (error, stdout, stderr) => {
      answered(`exit ${error ? error.code : 0}\n${plain(stdout)}\n${plain(stderr)}`)
    })
  })
}

function plain(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?([+-]\d\d:\d\d)?/g, '<time>')
    .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+\d{4}/g, '<date>')
    .replace(/resourceVersion: "\d+"/g, 'resourceVersion: <version>')
    .replace(/\b10\.96\.\d+\.\d+\b/g, '<address>')
    .replace(/kube-api-access-\w{5}/g, 'kube-api-access-<random>')
    .replace(/\b\d+(ms|s)\b/g, '<age>')
    .replace(/\/tmp\/\S+/g, '<file>')
    .replace(/^UID .*\n/m, '')
    .replace(/ {2,}/g, '  ')
}

test('kubectl sees and does the same on both', async () => {
  const [real, sandbox] = servers
  if (!real || !sandbox) throw new Error('two servers were started')
  for (const args of commands) {
    const [left, right] = await Promise.all([run(real, args, 'real'), run(sandbox, args, 'sandbox')])
    expect.soft(right, `kubectl ${args.join(' ')}`).toBe(left)
  }
}, 120_000)
