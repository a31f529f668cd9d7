import type { Effect, EffectObject } from '@fairlead/contract/effect/effect'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import { createLogger } from '@fairlead/service-kit/logger'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { containers, makePod } from '../fixtures/tools/simulated-pod.fixture.ts'
import { undoArgs } from '../fixtures/tools/write-tools.fixture.ts'

let cluster: ApiServer
let namespace: string
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
const logged: string[] = []
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('answers')
  proxy = await startRecordingProxy(cluster)
  const destination = { write: (line: string) => void logged.push(line) }
  mcp = await startTestMcp(proxy.kubeconfig, { log: createLogger({ name: 'mcp', level: 'info', destination }) })
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
})
beforeEach(() => {
  logged.length = 0
})

test('an empty list is no error', async () => {
  expect(await mcp.call('k8s_get', { resource_type: 'cronjobs', namespace })).toMatchObject({
    error: false,
    output: `No resources found in ${namespace} namespace.`,
  })
})

test('what the API server warns of is kept, in the answer and at the end of its text, and is no error', async () => {
  const answer = await mcp.call('k8s_get', { resource_type: 'endpoints', namespace })
  const warning = expect.stringContaining('v1 Endpoints is deprecated')
  expect(answer).toMatchObject({ error: false, warnings: [warning] })
  expect(answer.output.split('\n').at(-1)).toBe(`Warning: ${answer.warnings?.[0]}`)
})

test('of an argument that is long the log has only its size', async () => {
  const label_selector = `app=${'x'.repeat(100_000)}`
  expect(await mcp.call('k8s_get', { resource_type: 'pods', namespace, label_selector })).toMatchObject({ error: true })
  const line = logged.find((each) => each.includes('"msg":"call"')) ?? ''
  expect(line.length).toBeLessThan(2_000)
  expect(JSON.parse(line).args).toMatchObject({
    resource_type: 'pods',
    label_selector: expect.stringMatching(/^100004 characters, sha256 [0-9a-f]{12}$/),
  })
})

describe('a Secret', () => {
  const value = 'correct-horse-battery-staple'
  const encoded = Buffer.from(value).toString('base64')
  const content = (data: Record<string, string>) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: data })
  const get = { resource_type: 'secrets', name: 'login' }

  test('shows no value in any answer, nor in the log', async () => {
    const answers = [await mcp.approveAndRun('k8s_apply', { content: content({ password: value }), namespace })]
    const read = [
      await mcp.call('k8s_get', { ...get, namespace, output: 'yaml' }),
      await mcp.call('k8s_get', { ...get, namespace, output: 'json' }),
      await mcp.call('k8s_describe', { name: 'login', resource_type: 'secret', namespace }),
      await mcp.preview('k8s_apply', { content: content({ password: `${value}-2` }), namespace }),
      await mcp.preview('k8s_delete', { name: 'login', resource_type: 'secret', namespace }),
    ]
    expect([...answers.map(({ result }) => result.error), ...read.map(({ error }) => error)]).not.toContain(true)
    const all = JSON.stringify([answers, read, logged])
    expect(all).toContain('***(28 bytes')
    expect(all).not.toContain(value)
    expect(all).not.toContain(encoded)
    expect(logged.filter((line) => line.includes('"msg":"call"'))).toHaveLength(7)
  })

  test('is shown where the operator has it so, but in no effect, verification or undo', async () => {
    const revealing = await startTestMcp(cluster.kubeconfig, { env: { MCP_REVEAL_SECRETS: 'true' } })
    try {
      const of = (name: string, password: string) => ({
        content: JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { password } }),
        namespace,
      })
      await revealing.approveAndRun('k8s_apply', of('revealed', value))
      const read = { resource_type: 'secrets', name: 'revealed', namespace, output: 'yaml' }
      expect((await revealing.call('k8s_get', read)).output).toContain(encoded)
      const args = of('revealed', `${value}-2`)
      const { preview, result } = await revealing.approveAndRun('k8s_apply', args)
      const verified = await revealing.verify('k8s_apply', args, preview)
      expect(verified.verification?.verdict).toBe('as_approved')
      const all = JSON.stringify([preview, result, verified])
      expect(all).toContain('sealed:v1:')
      for (const secret of [value, encoded]) expect(all).not.toContain(secret)
    } finally {
      await revealing.close()
    }
  })

  test('shapes of secrets are masked everywhere, values of telling names wherever they are read', async () => {
    const token = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"sub":"ada"}').toString('base64url')}.c2lnbmF0dXJlLW9mLTMyLWJ5dGVz`
    const manifest = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'masked', annotations: { note: `Authorization: Bearer ${token}` } },
      spec: {
        containers: [{ name: 'a', image: 'nginx:1.27', env: [{ name: 'DB_PASSWORD', value: 'hunter2-hunter2' }] }],
      },
    }
    const args = { content: JSON.stringify(manifest), namespace }
    const { preview, result } = await mcp.approveAndRun('k8s_apply', args)
    expect(result).toMatchObject({ outcome: 'succeeded' })
    const read = [
      await mcp.call('k8s_get', { resource_type: 'pods', name: 'masked', namespace, output: 'yaml' }),
      await mcp.call('k8s_describe', { resource_type: 'pod', name: 'masked', namespace }),
      await mcp.call('k8s_get', { resource_type: 'pods', label_selector: `a in (${token})`, namespace }),
    ]
    expect(JSON.stringify([preview, result, read, logged])).not.toContain(token)
    // Who approves reads what is written, whatever it is called; who only reads does not.
    expect(JSON.stringify(preview.effect)).toContain('hunter2-hunter2')
    expect(JSON.stringify([result, read, logged])).not.toContain('hunter2-hunter2')
  })
})

describe('what is hidden is told by no preview', () => {
  const value = 'correct-horse-battery-staple'
  const variable = 'hunter2-hunter2'
  const env = '/spec/template/spec/containers/0/env/0'
  const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
  const manifest = `/metadata/annotations/${lastApplied.replace('/', '~1')}`
  const here = (op: object) => JSON.stringify([op])
  beforeAll(async () => {
    const make = async (path: string, body: unknown) =>
      expect((await cluster.request('POST', path, body)).status).toBe(201)
    await make(`/api/v1/namespaces/${namespace}/secrets`, {
      metadata: {
        name: 'hidden',
        annotations: { note: 'x', [lastApplied]: `{"stringData":{"password":"${value}"}}` },
        labels: { a: 'b' },
      },
      stringData: { password: value },
    })
    const containers = [{ name: 'a', image: 'a:1', env: [{ name: 'DB_PASSWORD', value: variable }], args: ['x'] }]
    await make(`/apis/batch/v1/namespaces/${namespace}/jobs`, {
      metadata: { name: 'hidden', annotations: { note: 'x' } },
      spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers } } },
    })
    await make(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: 'hidden', annotations: { note: 'x' } },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'hidden' } },
        template: { metadata: { labels: { app: 'hidden' } }, spec: { containers } },
      },
    })
  })

  test.each<[what: string, type: string, patch_type: string, patch: string]>([
    [
      'a value copied',
      'secret',
      'json',
      here({ op: 'copy', from: '/data/password', path: '/metadata/annotations/note' }),
    ],
    ['its manifest copied', 'secret', 'json', here({ op: 'copy', from: manifest, path: '/metadata/annotations/note' })],
    ['all copied', 'secret', 'json', here({ op: 'copy', from: '/data', path: '/metadata/annotations' })],
    ['a value moved', 'secret', 'json', here({ op: 'move', from: '/data/password', path: '/metadata/labels/a' })],
    [
      'a value copied twice',
      'secret',
      'json',
      JSON.stringify([
        { op: 'copy', from: '/data/password', path: '/data/other' },
        { op: 'move', from: '/data/other', path: '/metadata/annotations/note' },
      ]),
    ],
    ['the object copied', 'secret', 'json', here({ op: 'copy', from: '', path: '/metadata/annotations/note' })],
    ['no map', 'secret', 'merge', '{"metadata":{"annotations":"x"}}'],
    ['no map, strategic', 'secret', 'strategic', '{"metadata":{"annotations":"x"}}'],
    [
      'a variable copied',
      'deployment',
      'json',
      here({ op: 'copy', from: `${env}/value`, path: '/metadata/annotations/note' }),
    ],
    [
      'a variable among arguments',
      'deployment',
      'json',
      here({ op: 'copy', from: `${env}/value`, path: '/spec/template/spec/containers/0/args/0' }),
    ],
    ['another name', 'deployment', 'json', here({ op: 'replace', path: `${env}/name`, value: 'MODE' })],
    [
      'another name, from the end',
      'deployment',
      'json',
      here({ op: 'replace', path: `${env.replace(/0$/, '-1')}/name`, value: 'MODE' }),
    ],
    ['no list', 'deployment', 'merge', '{"spec":{"template":{"spec":{"volumes":"x"}}}}'],
    ['what cannot change', 'job', 'strategic', '{"spec":{"template":{"spec":{"restartPolicy":"OnFailure"}}}}'],
  ])('of a patch: %s', async (_, resource_type, patch_type, patch) => {
    const args = { resource_type, name: 'hidden', patch, patch_type, namespace }
    const answers = [await mcp.call('k8s_patch', { ...args, dry_run: true }), await mcp.preview('k8s_patch', args)]
    for (const { error } of answers) expect(error).toBe(true)
    for (const secret of [value, Buffer.from(value).toString('base64'), variable])
      expect(JSON.stringify([answers, logged])).not.toContain(secret)
  })

  test.each([
    ['secret', ['', '/data', '/data/password', '/data/new', '/stringData', manifest, '/type']],
    [
      'deployment',
      [
        '',
        '/spec',
        env.slice(0, -2),
        env,
        `${env}/name`,
        `${env}/value`,
        env.replace(/0$/, '-'),
        env.replace('env/0', 'args/-'),
      ],
    ],
  ])('nor of any other patch of operations: %s', { timeout: 120_000 }, async (resource_type, places) => {
    const place = fc.constantFrom(
      ...places,
      '/metadata/annotations',
      '/metadata/annotations/note',
      '/metadata/labels/a',
    )
    const operation = fc.oneof(
      fc.record({ op: fc.constantFrom('copy', 'move'), from: place, path: place }),
      fc.record({ op: fc.constantFrom('add', 'replace'), path: place, value: fc.constantFrom('MODE', {}, [], null) }),
      fc.record({ op: fc.constant('remove'), path: place }),
    )
    const tell = async (operations: object[]) => {
      const args = { resource_type, name: 'hidden', patch: JSON.stringify(operations), patch_type: 'json', namespace }
      const answered = JSON.stringify([await mcp.call('k8s_patch', { ...args, dry_run: true }), logged])
      return ![value, Buffer.from(value).toString('base64'), variable, 'Internal:'].some((text) =>
        answered.includes(text),
      )
    }
    const numRuns = process.env.FAIRLEAD_FULL === '1' ? 1_000 : 60
    await fc.assert(fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 4 }), tell), { numRuns })
  })

  test('nor by a verification of what was never approved', async () => {
    const { effect, ...shown } = await mcp.preview('k8s_delete', { resource_type: 'secret', name: 'hidden', namespace })
    const [object] = effect?.objects ?? []
    for (const path of ['', '/metadata', '/metadata/annotations', manifest, '/data', '/data/password']) {
      const effectObject = { ...object, action: 'update', changes: [{ path, after: 'x' }] } as EffectObject
      const preview = { ...shown, effect: { ...(effect as Effect), objects: [effectObject] } }
      const args = { resource_type: 'secret', name: 'hidden', patch: '{"data":{}}', namespace }
      const answer = await mcp.verify('k8s_patch', args, preview)
      expect(answer.verification).toMatchObject({ verdict: 'differs' })
      for (const secret of [value, Buffer.from(value).toString('base64')])
        expect(JSON.stringify([answer, logged])).not.toContain(secret)
    }
  })

  test('nor of a reversion that opens a sealed value under another name', async () => {
    const args = { resource_type: 'deployment', name: 'hidden', namespace }
    const other = here({ op: 'replace', path: `${env}/value`, value: 'another-value-of-it' })
    const { preview } = await mcp.approveAndRun('k8s_patch', { ...args, patch: other, patch_type: 'json' })
    const undo = undoArgs(preview.effect as Effect)
    const [entry] = JSON.parse(undo.changes)
    expect(undo.changes).toContain('sealed:v1:')
    const renamed = { ...entry, patch: [{ op: 'replace', path: `${env}/name`, value: 'MODE' }, ...entry.patch] }
    const answer = await mcp.call('k8s_revert', { changes: JSON.stringify([renamed]), dry_run: true })
    expect(answer).toMatchObject({ code: 'Refused' })
    expect(JSON.stringify([answer, logged])).not.toContain(variable)
    expect((await mcp.approveAndRun('k8s_revert', undo)).result).toMatchObject({ outcome: 'succeeded' })
  })
})

describe('a call whose request is aborted', () => {
  test('leaves no watch open: a rollout that hangs, a deletion with a finalizer, a log that is followed', {
    timeout: 30_000,
  }, async () => {
    await makePod(cluster, namespace, { metadata: { name: 'talks' }, spec: { containers: containers('app') } })
    const stuck = { app: 'stuck' }
    await cluster.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: 'stuck' },
      spec: {
        selector: { matchLabels: stuck },
        template: {
          metadata: { labels: stuck },
          spec: { nodeSelector: { nowhere: 'yes' }, containers: [{ name: 'a', image: 'nginx' }] },
        },
      },
    })
    await cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name: 'held', finalizers: ['fairlead.dev/held'] },
    })
    const deletion = { name: 'held', resource_type: 'configmap', namespace, timeout_seconds: 270 }
    const grant = mcp.engine.grant({
      tool: 'k8s_delete',
      args: deletion,
      preview: await mcp.preview('k8s_delete', deletion),
    })
    for (const [name, args, meta] of [
      ['k8s_rollout_status', { name: 'stuck', namespace, timeout_seconds: 270 }, {}],
      ['k8s_delete', deletion, { [metaKeys.grant]: grant }],
      ['k8s_logs', { pod_name: 'talks', namespace, follow_seconds: 270 }, {}],
    ] as const) {
      proxy.seen.length = 0
      const aborting = new AbortController()
      const effectObject = mcp
        .rpc('tools/call', { name, arguments: args, _meta: meta }, {}, aborting.signal)
        .catch(() => 'gone')
      await expect
        .poll(() => proxy.seen.some(({ path }) => /watch=true|follow=true/.test(path)), { timeout: 10_000 })
        .toBe(true)
      aborting.abort()
      expect(await effectObject).toBe('gone')
      await expect.poll(proxy.open, { timeout: 5_000 }).toBe(0)
    }
    const path = `/api/v1/namespaces/${namespace}/configmaps/held`
    await cluster.request('PATCH', path, { metadata: { finalizers: null } }, 'application/merge-patch+json')
  })
})
