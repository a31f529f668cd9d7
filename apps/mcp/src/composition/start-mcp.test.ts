import { execFile } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import { createLogger } from '@fairlead/service-kit/logger'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestEngine, grantsGrowOld, startTestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { ConfigError } from '../tool/config-error.ts'

let cluster: ApiServer
let folder: string
beforeAll(async () => {
  cluster = await sharedApiServer()
  folder = await mkdtemp(join(tmpdir(), 'fairlead-start-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const keysFile = async (name: string, text: string) => {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}
const jwks = (key: object) => JSON.stringify({ keys: [{ ...key, kid: 'k' }] })
const faultOf = async (env: Record<string, string>, kubeconfig = cluster.kubeconfig) => {
  const error = await startTestMcp(kubeconfig, { env }).then(
    (mcp) => mcp.close(),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ConfigError)) throw error ?? new Error('it started')
  return error.message
}

describe('what is there does not fit the settings', () => {
  test('keys that are missing, empty, not JWKS, not Ed25519, or private', async () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
    const secret = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
    const files: [string, string][] = [
      [join(folder, 'nowhere.json'), 'no such file'],
      [await keysFile('empty.json', ''), 'is not JSON'],
      [await keysFile('none.json', '{"keys":[]}'), 'has no keys'],
      [await keysFile('other.json', '{"a":1}'), 'is not a JWKS document'],
      [await keysFile('ec.json', jwks(ec)), 'is not an Ed25519 key'],
      [await keysFile('private.json', jwks(secret)), 'holds a private key (d)'],
    ]
    for (const [file, sentence] of files) {
      const fault = await faultOf({ MCP_GRANT_PUBLIC_KEYS_FILE: file })
      expect(fault).toContain('MCP_GRANT_PUBLIC_KEYS_FILE')
      expect(fault).toContain(sentence)
    }
  })

  test('a REDACTION_KEY that is short or no base64', async () => {
    for (const key of ['c2hvcnQ=', '!'.repeat(64)])
      expect(await faultOf({ REDACTION_KEY: key })).toContain('REDACTION_KEY')
  })

  test('an account without the right to impersonate, or to make Leases', async () => {
    const stranger = await cluster.user('stranger')
    expect(await faultOf({ MCP_IDENTITY: 'impersonate' }, stranger)).toContain('impersonate users')
    const store = { MCP_GRANT_STORE: 'kubernetes', MCP_GRANT_NAMESPACE: 'default' }
    expect(await faultOf(store, stranger)).toContain('create leases')
    expect(await faultOf({ MCP_GRANT_STORE: 'kubernetes' })).toContain('MCP_GRANT_NAMESPACE')
  })

  test('a login that acts as somebody else, where each call is to have its own user', async () => {
    const file = join(folder, 'as-deployer')
    const config = JSON.parse(await readFile(cluster.kubeconfig, 'utf8'))
    const [{ name, user }] = config.users
    user.as = 'deployer'
    await writeFile(file, JSON.stringify(config))
    expect(await faultOf({ MCP_IDENTITY: 'impersonate' }, file)).toBe(
      `MCP_IDENTITY=impersonate needs a login of its own: the user "${name}" of the kubeconfig acts as "deployer" already; take \`as\` from it, or set MCP_IDENTITY=server.`,
    )
    await (await startTestMcp(file, { env: { MCP_IDENTITY: 'server' } })).close()
  })

  test('an API server that does not say what the account may', async () => {
    const file = join(folder, 'away')
    const config = JSON.parse(await readFile(cluster.kubeconfig, 'utf8'))
    config.clusters[0].cluster.server = 'https://127.0.0.1:9'
    await writeFile(file, JSON.stringify(config))
    const store = { MCP_GRANT_STORE: 'kubernetes', MCP_GRANT_NAMESPACE: 'default' }
    for (const env of [{ MCP_IDENTITY: 'impersonate' }, store]) {
      const [[setting, value] = []] = Object.entries(env)
      const fault = await faultOf(env, file)
      expect(fault).toMatch(new RegExp(`^${setting}=${value} needs the right to .* does not say whether it is there`))
      expect(fault).toContain('ECONNREFUSED')
    }
  })

  test('a context or a kubeconfig that is not there', async () => {
    expect(await faultOf({ K8S_CONTEXT: 'nope' })).toContain('K8S_CONTEXT')
    expect(await faultOf({}, join(folder, 'nope'))).toContain('KUBECONFIG')
  })
})

describe('in a pod', () => {
  /** What a pod of a namespace finds of its service account. */
  const podOf = async (namespace: string) => {
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`
    const { body } = await cluster.request('POST', `${accounts}/default/token`, { spec: {} })
    const { hostname, port } = new URL(cluster.url)
    const serviceAccount = join(folder, namespace)
    await mkdir(serviceAccount)
    await writeFile(join(serviceAccount, 'namespace'), `${namespace}\n`)
    await writeFile(join(serviceAccount, 'token'), (body as { status: { token: string } }).status.token)
    await copyFile(cluster.caFile, join(serviceAccount, 'ca.crt'))
    return { serviceAccount, env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port } }
  }

  test('it acts as its service account, and deletes not where it runs', async () => {
    const namespace = await cluster.newNamespace('own')
    const mcp = await startTestMcp(undefined, await podOf(namespace))
    try {
      const who = await mcp.call('k8s_whoami', {})
      expect(who.output).toContain(`system:serviceaccount:${namespace}:default`)
      expect(await mcp.preview('k8s_delete', { resource_type: 'namespace', name: namespace })).toMatchObject({
        code: 'Refused',
        output: expect.stringContaining('this server runs in it'),
      })
    } finally {
      await mcp.close()
    }
  })

  test('its own namespace is none for the credentials of integrations', async () => {
    const namespace = await cluster.newNamespace('own')
    const { env, serviceAccount } = await podOf(namespace)
    const start = (of: string) =>
      startTestMcp(undefined, { serviceAccount, env: { ...env, INTEGRATIONS_SECRET_NAMESPACE: of } })
    await expect(start(namespace)).rejects.toThrow(
      new ConfigError("INTEGRATIONS_SECRET_NAMESPACE must not be the server's own namespace."),
    )
    await (await start(`${namespace}-other`)).close()
  })

  test('its own namespace is where Leases go, unless told otherwise', async () => {
    const namespace = await cluster.newNamespace('own')
    const { env, serviceAccount } = await podOf(namespace)
    const start = () => startTestMcp(undefined, { serviceAccount, env: { ...env, MCP_GRANT_STORE: 'kubernetes' } })
    await expect(start()).rejects.toThrow(`create leases in MCP_GRANT_NAMESPACE (${namespace})`)
    await cluster.request('POST', `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
      metadata: { name: 'edit' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
    })
    await expect.poll(() => start().then((mcp) => mcp.close()), { timeout: 10_000 }).toBeUndefined()
  })
})

test('what was granted before a restart is refused after it', async () => {
  const engine = await createTestEngine()
  const namespace = await cluster.newNamespace('restart')
  const args = { content: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}', namespace }
  const first = await startTestMcp(cluster.kubeconfig, { engine })
  const grant = {
    [metaKeys.grant]: engine.grant({ tool: 'k8s_apply', args, preview: await first.preview('k8s_apply', args) }),
  }
  expect(await first.call('k8s_apply', args, grant)).toMatchObject({ outcome: 'succeeded' })
  await first.close()
  await grantsGrowOld()
  const second = await startTestMcp(cluster.kubeconfig, { engine })
  try {
    expect(await second.call('k8s_apply', args, grant)).toMatchObject({
      code: 'Refused',
      data: { grant_error: 'before_start' },
    })
  } finally {
    await second.close()
    await engine.remove()
  }
})

describe('a store of used grants that fails at a call', () => {
  const apply = (namespace: string) => ({
    content: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}',
    namespace,
  })

  test('writes nothing, reads go on, and what is granted once it is back is good', async () => {
    const namespace = await cluster.newNamespace('store')
    const proxy = await startRecordingProxy(cluster)
    const env = { MCP_GRANT_STORE: 'kubernetes', MCP_GRANT_NAMESPACE: namespace }
    const mcp = await startTestMcp(proxy.kubeconfig, { env })
    try {
      const args = apply(namespace)
      const preview = await mcp.preview('k8s_apply', args)
      const run = () =>
        mcp.call('k8s_apply', args, { [metaKeys.grant]: mcp.engine.grant({ tool: 'k8s_apply', args, preview }) })
      const isLease = (path: string) => path.includes('/leases')
      const forbidden = { kind: 'Status', code: 403, reason: 'Forbidden', message: 'leases is forbidden' }
      for (const interfere of [
        (path: string, act: { answer(status: number, body: unknown): void }) =>
          isLease(path) && act.answer(403, forbidden),
        (path: string, act: { hold(): void }) => isLease(path) && act.hold(),
      ]) {
        proxy.interfere(({ path }, act) => void interfere(path, act))
        proxy.seen.length = 0
        expect(await run()).toMatchObject({ code: 'Unavailable', outcome: 'failed', data: { grant_error: 'store' } })
        expect(proxy.writes().filter(({ path }) => !isLease(path))).toEqual([])
        expect(await mcp.call('k8s_get', { resource_type: 'configmaps', namespace })).toMatchObject({ error: false })
      }
      proxy.interfere(() => undefined)
      expect(await run()).toMatchObject({ outcome: 'succeeded' })
    } finally {
      await mcp.close()
      await proxy.close()
    }
  })

  test('is no reason not to start, nor to stop', async () => {
    const namespace = await cluster.newNamespace('store')
    const env = { MCP_GRANT_STORE: 'redis', REDIS_URL: 'redis://127.0.0.1:9' }
    const mcp = await startTestMcp(cluster.kubeconfig, { env })
    try {
      const args = apply(namespace)
      const preview = await mcp.preview('k8s_apply', args)
      const grant = mcp.engine.grant({ tool: 'k8s_apply', args, preview })
      expect(await mcp.call('k8s_apply', args, { [metaKeys.grant]: grant })).toMatchObject({ code: 'Unavailable' })
      expect(await mcp.call('k8s_get', { resource_type: 'configmaps', namespace })).toMatchObject({ error: false })
    } finally {
      await mcp.close()
    }
  })
})

test('without keys it starts and warns: reads work, every write is refused with the reason', async () => {
  const logged: string[] = []
  const destination = { write: (line: string) => void logged.push(line) }
  const log = createLogger({ name: 'mcp', level: 'warn', destination })
  const mcp = await startTestMcp(cluster.kubeconfig, { withoutKeys: true, log })
  try {
    expect(logged.map((line) => JSON.parse(line).msg)).toEqual([
      'no grant keys are configured: every write will be refused',
    ])
    expect(await mcp.call('k8s_get', { resource_type: 'namespaces' })).toMatchObject({ error: false })
    const answer = await mcp.call('k8s_scale', { name: 'a', resource_type: 'deployment', replicas: 1 })
    expect(answer).toMatchObject({ code: 'Refused', data: { grant_error: 'missing' } })
    expect(answer.output).toContain('no grant keys are configured')
  } finally {
    await mcp.close()
  }
})

test('with a JWKS address that does not answer it starts: reads work, what needs a key is refused', async () => {
  const env = { MCP_GRANT_JWKS_URL: 'http://127.0.0.1:9/jwks' }
  const mcp = await startTestMcp(cluster.kubeconfig, { env, withoutKeys: true })
  try {
    expect(await mcp.call('k8s_get', { resource_type: 'namespaces' })).toMatchObject({ error: false })
    const args = { name: 'a', resource_type: 'deployment', replicas: 1 }
    const claims = { effect_digest: '0'.repeat(64), pins: {} }
    const grant = mcp.engine.grant({ tool: 'k8s_scale', args, preview: { output: '', error: false } }, { claims })
    expect(await mcp.call('k8s_scale', args, { [metaKeys.grant]: grant })).toMatchObject({
      code: 'Refused',
      data: { grant_error: 'unknown_key' },
    })
    const identity = { [metaKeys.identity]: mcp.engine.identity('ada@example.com') }
    expect(await mcp.call('k8s_get', { resource_type: 'namespaces' }, identity)).toMatchObject({ code: 'Refused' })
  } finally {
    await mcp.close()
  }
})

test.each(['confirm', 'read-only'])('in %s mode the keys are for identities alone', async (mode) => {
  const mcp = await startTestMcp(cluster.kubeconfig, { env: { MCP_MODE: mode } })
  try {
    const get = { resource_type: 'namespaces' }
    const as = (claims?: Record<string, unknown>) => ({
      [metaKeys.identity]: mcp.engine.identity('ada@example.com', [], claims),
    })
    expect(await mcp.call('k8s_get', get, as())).toMatchObject({ error: false })
    expect(await mcp.call('k8s_get', get, as({ aud: 'another' }))).toMatchObject({ code: 'Refused' })
    const args = { name: 'a', resource_type: 'deployment', replicas: 1 }
    const claims = { effect_digest: '0'.repeat(64), pins: {} }
    const grant = mcp.engine.grant({ tool: 'k8s_scale', args, preview: { output: '', error: false } }, { claims })
    const answer = await mcp.call('k8s_scale', args, { [metaKeys.grant]: grant })
    expect(answer).toMatchObject({ error: true, code: mode === 'confirm' ? 'Refused' : 'NotFound' })
  } finally {
    await mcp.close()
  }
})

test.each([
  [{ MCP_REPLICAS: '2' }, /^MCP_GRANT_STORE=memory does not fit MCP_REPLICAS above 1: use redis or kubernetes\.\n$/],
  [{ MCP_MODE: 'yolo' }, /^A setting is wrong:\n {2}MCP_MODE: must be one of grant, read-only, confirm\n$/],
  [{ MCP_GRANT_PUBLIC_KEYS_FILE: '/nowhere/keys.json' }, /^MCP_GRANT_PUBLIC_KEYS_FILE: [^\n]*no such file[^\n]*\.\n$/],
])('with %j the process ends with code 2 and says why', { timeout: 60_000 }, async (settings, sentence) => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const env = { KUBECONFIG: cluster.kubeconfig, REDACTION_KEY: randomBytes(32).toString('base64'), ...settings }
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; stderr: string; stdout: string }>()
  execFile(process.execPath, [main], { env }, (error, stdout, stderr) => resolve({ code: error?.code, stdout, stderr }))
  expect(await promise).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(sentence) })
})

test('a keys file that is emptied while it runs takes nothing away: the last good keys hold', async () => {
  const namespace = await cluster.newNamespace('keys')
  const logged: string[] = []
  const log = createLogger({
    name: 'mcp',
    level: 'error',
    destination: { write: (line: string) => void logged.push(line) },
  })
  const realNow = Date.now
  let ahead = 0
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead)
  const mcp = await startTestMcp(cluster.kubeconfig, { log })
  const good = await readFile(mcp.engine.keysFile, 'utf8')
  /** Later than the file is looked at again. */
  const write = async (text: string) => {
    await writeFile(mcp.engine.keysFile, text)
    ahead += 31_000
  }
  const apply = async (name: string) => {
    const content = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })
    return (await mcp.approveAndRun('k8s_apply', { content, namespace })).result
  }
  const kids = async () => {
    const ready = await fetch(new URL('/health/ready', mcp.url))
    return ((await ready.json()) as { checks: { gate: { keys: string[] } } }).checks.gate.keys
  }
  try {
    await write('')
    expect(await apply('while-empty')).toMatchObject({ outcome: 'succeeded' })
    expect(await kids()).toEqual(['k1'])
    expect(logged.map((line) => JSON.parse(line).msg)).toEqual([expect.stringMatching(/^grant keys: .* is not JSON/)])
    await write(good.replace('"k1"', '"k2"'))
    expect(await apply('with-others')).toMatchObject({ code: 'Refused', data: { grant_error: 'unknown_key' } })
    expect(await kids()).toEqual(['k2'])
  } finally {
    clock.mockRestore()
    await mcp.close()
  }
})
