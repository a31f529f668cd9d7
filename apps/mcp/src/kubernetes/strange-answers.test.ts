import { randomBytes } from 'node:crypto'
import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { type Interference, startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { kubernetes } from './family.ts'

let cluster: ApiServer
let namespace: string
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('strange')
  proxy = await startRecordingProxy(cluster)
  mcp = await startTestMcp(proxy.kubeconfig)
  // What the server serves is known from here on, so that it is the rest that is answered strangely.
  await mcp.call('k8s_api_resources', {})
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
})
beforeEach(() => {
  proxy.interfere(() => undefined)
  proxy.seen.length = 0
})

type Act = Parameters<Interference>[1]
const page = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>please</body></html>'
const html = { 'content-type': 'text/html; charset=utf-8' }
const json = { 'content-type': 'application/json' }

/** What stands between a cluster and the world, or a cluster that is going down, may answer to a read. */
const strange: [what: string, answer: (act: Act) => void][] = [
  ['a page', ({ say }) => say(200, page, html)],
  ['a page of a fault', ({ say }) => say(503, page, html)],
  ['a page that knows no such path', ({ say }) => say(404, page, html)],
  ['the way to a page', ({ say }) => say(302, '', { location: 'https://sign-in.example/' })],
  ['nothing', ({ say }) => say(200, '', json)],
  ['null', ({ say }) => say(200, 'null', json)],
  ['a list', ({ say }) => say(200, '[]', json)],
  ['an object of nothing', ({ say }) => say(200, '{}', json)],
  ['half an object', ({ say }) => say(200, '{"kind":"Pod","meta', json)],
  ['less than it promised', ({ breakOff }) => breakOff('{"kind":"List","items":[')],
  ['its own words', ({ say }) => say(500, 'etcdserver: request timed out')],
  ['that it has too much to do', ({ say }) => say(429, 'slow down', { 'retry-after': '0' })],
  ['with a cut connection', ({ cut }) => cut()],
]

function callOf(name: string): Args {
  const web = { name: 'web', resource_type: 'deployment', namespace }
  const content = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } })
  const ref = { cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'a' }
  const calls: Record<string, Args> = {
    k8s_get: { resource_type: 'pods', namespace },
    k8s_logs: { pod_name: 'web', namespace },
    k8s_events: { namespace },
    k8s_explain: { resource_type: 'pods' },
    k8s_can_i: { verb: 'get', resource_type: 'pods', namespace },
    k8s_top_pods: { namespace },
    k8s_diff: { content, namespace },
    k8s_apply: { content, namespace },
    k8s_patch: { ...web, patch: '{"spec":{"paused":true}}' },
    k8s_revert: { changes: JSON.stringify([{ ref, delete: true }]) },
    k8s_scale: { ...web, replicas: 2 },
    k8s_set_image: { resource_name: 'web', resource_type: 'deployment', container_images: 'app=web:9', namespace },
    k8s_exec: { pod_name: 'web', command: 'touch x', namespace },
    k8s_run_pod: { name: 'runner', image: 'busybox:1', namespace },
    k8s_port_forward: { resource_name: 'web', ports: '8080', namespace },
  }
  const isOfNode = /cordon|drain/.test(name)
  const isOfNothing = /whoami|cluster_info|api_resources|top_nodes|contexts/.test(name)
  return calls[name] ?? (isOfNode ? { node_name: 'node-1' } : isOfNothing ? {} : web)
}

const tools = kubernetes.tools.filter(({ name }) => name !== 'wait_for_x_seconds' && name !== 'k8s_contexts')
/** What it knows already it need not ask for; of its parts it says which could not be read. */
const answersAllTheSame = new Set(['k8s_api_resources', 'k8s_cluster_info'])

/** Each as another caller, so that none waits for the others. */
const asSomebody = () => ({ [metaKeys.identity]: mcp.engine.identity(`user-${randomBytes(6).toString('hex')}`) })

describe('a cluster that answers', () => {
  test.each(strange)('%s is told of in a sentence, by every tool', async (_, answer) => {
    proxy.interfere((_seen, act) => answer(act))
    const answers = await Promise.all(
      tools.map(async ({ name, changes }): Promise<[string, ToolAnswer]> => {
        const ask = changes === 'nothing' ? mcp.call : mcp.preview
        return [name, await ask(name, callOf(name), asSomebody())]
      }),
    )
    for (const [name, { error, code, output }] of answers) {
      expect(code, `${name}: ${output}`).not.toBe('Internal')
      expect(output, name).not.toContain('<html')
      if (error) expect(output, name).toMatch(new RegExp(`^${code}: `))
      else if (!answersAllTheSame.has(name)) expect(output, name).toMatch(/^No |^$/)
    }
    expect(proxy.writes()).toEqual([])
  })

  test('more words than anybody reads is cut, through no secret, and moves no terminal', async () => {
    const message = `\u001b[2J${'x '.repeat(1_990)} ghp_${'z'.repeat(36)} ${'x '.repeat(500_000)}`
    const causes = Array.from({ length: 1_000 }, (_, index) => ({ field: `spec.${index}`, message: 'y'.repeat(1_000) }))
    const status = { kind: 'Status', code: 422, reason: 'Invalid', message, details: { causes } }
    proxy.interfere((_, { answer }) => answer(422, status))
    const { code, output } = await mcp.call('k8s_get', { resource_type: 'configmaps', namespace })
    expect([code, output.length < 10_000, output.includes('\u001b')]).toEqual(['Invalid', true, false])
    expect(output).toMatch(/^Invalid: (x )+ ….* spec\.0: y.*…; and 950 more\.$/)
  })

  test('a manifest that is wrong in every place is refused at once, and holds up nobody', async () => {
    const wrong = 'a valid environment variable name must consist only of printable ASCII characters other than "="'
    const causes = Array.from({ length: 80_000 }, (_, index) => ({
      reason: 'FieldValueInvalid',
      field: `spec.containers[0].env[${index}].name`,
      message: `Invalid value: "=": ${wrong}`,
    }))
    const message = `Pod "a" is invalid: [${causes.map(({ field, message }) => `${field}: ${message}`).join(', ')}]`
    const status = { kind: 'Status', code: 422, reason: 'Invalid', message, details: { causes } }
    proxy.interfere(({ path }, { answer }) => (path.includes('dryRun=All') ? answer(422, status) : undefined))
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [] } }
    const { code, output } = await mcp.preview('k8s_apply', { content: JSON.stringify(pod), namespace })
    expect([code, output.length < 10_000]).toEqual(['Invalid', true])
    expect(output).toMatch(/^Invalid: Pod "a" is invalid: \[spec\.containers\[0\]\.env\[0\]\.name: .*…/)
  })

  test.each(['yaml', 'json'])('an object of more fields than anybody reads is cut at once, as %s', async (output) => {
    const fields = Array.from({ length: 10_000 }, (_, index) => [`field${index}`, 'x'.repeat(40)])
    const wide = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'wide' }, ...Object.fromEntries(fields) }
    proxy.interfere(({ path }, { answer }) => (path.includes('/configmaps/wide') ? answer(200, wide) : undefined))
    const answer = await mcp.call('k8s_get', { resource_type: 'configmap', name: 'wide', namespace, output })
    expect(answer).toMatchObject({ error: false, truncated: true, output: expect.stringContaining('field9999') })
    expect(answer.output.length).toBeLessThanOrEqual(60_000)
  })

  test('a page in place of what it serves is not remembered', async () => {
    const fresh = await startTestMcp(proxy.kubeconfig)
    try {
      proxy.interfere((_, { say }) => say(200, page, html))
      const get = { resource_type: 'configmaps', namespace }
      const answer = await fresh.call('k8s_get', get)
      expect(answer).toMatchObject({ code: 'Unavailable' })
      expect(answer.output).toContain('answered with text/html that is no object of the API')
      proxy.interfere(() => undefined)
      expect(await fresh.call('k8s_get', get)).toMatchObject({ error: false })
    } finally {
      await fresh.close()
    }
  })
})

describe('a write that is answered', () => {
  let count = 0
  const approve = async () => {
    const args = {
      content: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `made-${++count}` } }),
      namespace,
    }
    const preview = await mcp.preview('k8s_apply', args)
    const grant = mcp.engine.grant({ tool: 'k8s_apply', args, preview })
    return () => mcp.call('k8s_apply', args, { [metaKeys.grant]: grant })
  }
  const status = (code: number, reason: string, message: string) =>
    JSON.stringify({ kind: 'Status', status: 'Failure', code, reason, message })
  const webhook = 'Internal error occurred: failed calling webhook "a.example": connection refused'

  test.each<[what: string, outcome: string, answer: (act: Act) => void]>([
    ['by a page', 'unknown', ({ say }) => say(200, page, html)],
    ['by the way to a page', 'unknown', ({ say }) => say(302, '', { location: 'https://sign-in.example/' })],
    ['by a gateway that lost it', 'unknown', ({ say }) => say(502, page, html)],
    ['by a gateway that waits no longer', 'unknown', ({ say }) => say(504, 'upstream request timeout')],
    [
      'that it took too long',
      'unknown',
      ({ say }) => say(504, status(504, 'Timeout', 'request did not complete'), json),
    ],
    [
      'with a fault of its store',
      'unknown',
      ({ say }) => say(500, status(500, 'InternalError', 'etcdserver: leader changed'), json),
    ],
    ['by a cut connection', 'unknown', ({ cut }) => cut()],
    [
      'that its store takes nothing so large',
      'failed',
      ({ say }) => say(500, status(500, 'InternalError', 'etcdserver: request is too large'), json),
    ],
    ['by a webhook that is away', 'failed', ({ say }) => say(500, status(500, 'InternalError', webhook), json)],
    [
      'that it is forbidden',
      'failed',
      ({ say }) => say(403, status(403, 'Forbidden', 'configmaps is forbidden'), json),
    ],
    ['that there is too much to do', 'failed', ({ say }) => say(429, status(429, 'TooManyRequests', 'later'), json)],
  ])('%s is %s, and is not sent again', async (_, outcome, answer) => {
    const run = await approve()
    proxy.seen.length = 0
    proxy.interfere(({ userAgent }, act) => (userAgent.includes(' call/') ? answer(act) : undefined))
    const answered = await run()
    expect(answered).toMatchObject({ error: true, outcome })
    expect(answered.output).not.toContain('<html')
    if (outcome === 'unknown') expect(answered.output).toMatch(/^Unknown: .* may have been written all the same\./)
    expect(proxy.writes()).toHaveLength(1)
  })
})
