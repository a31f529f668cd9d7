import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { isOnSandbox } from '@fairlead/testing/cluster/is-on-sandbox'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'

const owned = new AsyncDisposableStack()
const group = `deep-${randomBytes(4).toString('hex')}.example.com`
const resource_type = `well.${group}`
const password = `pw-${randomBytes(8).toString('hex')}`
let api: Awaited<ReturnType<typeof sharedApiServer>>
let namespace: string
let mcp: TestMcp
let path: (name: string) => string

/** Lists within lists, that many of them. */
const lists = (levels: number, inside = '') => JSON.parse(`${'['.repeat(levels)}${inside}${']'.repeat(levels)}`)
const inMaps = (levels: number, inside: string) => JSON.parse(`${'{"a":'.repeat(levels)}${inside}${'}'.repeat(levels)}`)

const containers = [{ name: 'c', env: [{ name: 'DB_PASSWORD', value: password }] }]

async function make(name: string, extra: unknown) {
  const { status, body } = await api.request('POST', path(''), {
    apiVersion: `${group}/v1`,
    kind: 'Well',
    metadata: { name },
    extra,
  })
  assert.equal(status, 201, JSON.stringify(body).slice(0, 300))
}

/** The server itself puts a list into its own middle, until it is nearly as deep as it takes any. */
async function makeDeepest(name: string) {
  await make(name, lists(3_000))
  for (const levels of [3_000, 6_000]) {
    const from = `/extra${'/0'.repeat(levels - 3_000)}`
    const patch = [{ op: 'copy', from, path: `/extra${'/0'.repeat(levels)}` }]
    const { status, body } = await api.request('PATCH', path(name), patch, 'application/json-patch+json')
    assert.equal(status, 200, JSON.stringify(body).slice(0, 300))
  }
}

beforeAll(async () => {
  api = await sharedApiServer()
  namespace = await api.newNamespace('deep')
  path = (name) => `/apis/${group}/v1/namespaces/${namespace}/wells${name && `/${name}`}`
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const extra = { 'x-kubernetes-preserve-unknown-fields': true }
  const openAPIV3Schema = { type: 'object', properties: { extra, more: extra } }
  const { status } = await api.request('POST', definitions, {
    metadata: { name: `wells.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'wells', singular: 'well', kind: 'Well' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  })
  expect(status).toBe(201)
  owned.defer(async () => void (await api.request('DELETE', `${definitions}/wells.${group}`)))
  while ((await api.request('GET', path(''))).status !== 200) await sleep(100)
  mcp = await startTestMcp(api.kubeconfig, { env: { MCP_DEFAULT_NAMESPACE: namespace } })
  owned.defer(() => mcp.close())
  await make('lists', lists(1_000))
  await make('maps', inMaps(1_000, JSON.stringify({ containers })))
  if (!isOnSandbox()) await makeDeepest('deepest')
}, 60_000)
afterAll(() => owned.disposeAsync())

/** The sandbox takes objects that are nested as they are in use. */
const names = isOnSandbox() ? ['lists', 'maps'] : ['lists', 'maps', 'deepest']

describe.each(names)('an object of %s without end', (name) => {
  const args = { resource_type, name }

  test.each(['json', 'yaml'])('is shown as far as anybody reads it, as %s', async (output) => {
    for (const query of [args, { resource_type }]) {
      const answer = await mcp.call('k8s_get', { ...query, output })
      expect(answer).toMatchObject({ error: false, truncated: true })
      expect(answer.output).toContain('[left out: nested more than 100 levels deep]')
      expect(answer.output).not.toContain(password)
      if (output === 'json') expect(JSON.parse(answer.output)).toBeDefined()
    }
  })

  test('is described as far as anybody reads it', async () => {
    const answer = await mcp.call('k8s_describe', args)
    expect(answer).toMatchObject({ error: false, truncated: true })
    expect(answer.output).toContain('[left out: nested more than 100 levels deep]')
    expect(answer.output).not.toContain(password)
  })

  test('is labelled, which is shown, verified and taken back', async () => {
    const patch = { ...args, patch: '{"metadata":{"labels":{"a":"b"}}}', patch_type: 'merge' }
    const { preview, result } = await mcp.approveAndRun('k8s_patch', patch)
    expect(preview.effect?.objects).toMatchObject([{ changes: [{ path: '/metadata/labels/a', after: 'b' }] }])
    expect(preview.effect?.reasons).toContain('what is nested more than 400 levels deep is shown by its hash alone')
    expect(JSON.stringify(preview)).not.toContain(password)
    expect(result).toMatchObject({ outcome: 'succeeded' })
    const { verification } = await mcp.verify('k8s_patch', patch, preview)
    const metadata = { name, labels: { a: 'c' } }
    const content = JSON.stringify({ apiVersion: `${group}/v1`, kind: 'Well', metadata })
    const { effect } = await mcp.preview('k8s_apply', { content })
    expect(effect?.objects).toMatchObject([{ changes: [{ path: '/metadata/labels/a', before: 'b', after: 'c' }] }])
    expect(verification).toMatchObject({ verdict: 'as_approved' })
    const { undo } = preview.effect ?? {}
    if (undo === undefined || !('args' in undo)) throw new Error(`no undo: ${JSON.stringify(undo)}`)
    const undone = await mcp.approveAndRun(undo.tool, undo.args)
    expect(undone.result).toMatchObject({ outcome: 'succeeded' })
    expect((await api.request('GET', path(name))).body).not.toHaveProperty('metadata.labels')
  })

  test('is changed nowhere where nobody could look at it', async () => {
    const step = name === 'maps' ? '/a' : '/0'
    for (const [patch, patch_type] of [
      ['{"extra":null}', 'merge'],
      [JSON.stringify([{ op: 'copy', from: '/extra', path: '/more' }]), 'json'],
      [JSON.stringify([{ op: 'remove', path: `/extra${step.repeat(900)}` }]), 'json'],
      [JSON.stringify([{ op: 'replace', path: `/extra${step.repeat(399)}`, value: 1 }]), 'json'],
    ]) {
      const answer = await mcp.preview('k8s_patch', { ...args, patch, patch_type })
      expect(answer.output).toBe(
        `Refused: Well ${namespace}/${name} is nested more than 400 levels deep where this changes it. What lies elsewhere in it can be changed, and the whole object can be deleted by k8s_delete.`,
      )
    }
    const above = JSON.stringify([{ op: 'add', path: `/extra/${name === 'maps' ? 'b' : '-'}`, value: 1 }])
    expect(await mcp.preview('k8s_patch', { ...args, patch: above, patch_type: 'json' })).toMatchObject({
      error: false,
    })
  })

  test('is deleted', async () => {
    const { preview, result } = await mcp.approveAndRun('k8s_delete', args)
    expect(preview.effect?.objects[0]?.diff).toContain('-kind: Well')
    expect(JSON.stringify(preview)).not.toContain(password)
    expect(result).toMatchObject({ outcome: 'succeeded', output: expect.stringMatching(/ "\w+" deleted\b/) })
    expect((await mcp.verify('k8s_delete', args, preview)).verification).toMatchObject({ verdict: 'as_approved' })
    expect((await api.request('GET', path(name))).status).toBe(404)
  })
})
