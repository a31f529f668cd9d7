import type { Change } from '@fairlead/contract/effect/effect'
import { expect, it } from 'vitest'
import { shownChanges } from '../effect-object.ts'
import type { KubeObject } from '../kube-object.ts'
import { changeWords } from './change-words.ts'
import { shownValue } from './shown-value.ts'

const key = new Uint8Array(32).fill(1)

type Json = Record<string, unknown>

const container = (more: Json) => ({ name: 'checkout', image: 'shop/checkout:1', ...more })
const deployment = (spec: Json, more: Json = {}): KubeObject => {
  const template = { spec: { containers: [{ name: 'proxy', image: 'p:1' }, container(spec)] } }
  const kind = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'checkout', namespace: 'shop' } }
  return { ...kind, spec: { replicas: 3, template, ...more } }
}
const configMap = (data: Json, kind = 'ConfigMap'): KubeObject => {
  return { apiVersion: 'v1', kind, metadata: { name: 'app', namespace: 'shop' }, data }
}
const env = (...variables: Json[]) => deployment({ env: variables })
const a = { name: 'A', value: '1' }
const taxRegion = { name: 'TAX_REGION', valueFrom: { configMapKeyRef: { name: 'checkout-config', key: 'tax-region' } } }
const [b, c] = [
  { name: 'B', value: '2' },
  { name: 'C', value: '3' },
]
const app = { name: 'app', image: 'a' }
const pods = (...containers: unknown[]) => deployment({}, { template: { spec: { containers } } })
const ofPods = (metadata: Json) => deployment({}, { template: { metadata } })
const annotated = (metadata: Json): KubeObject => {
  const { spec, ...rest } = deployment({})
  return { ...rest, metadata: { ...rest.metadata, ...metadata } as KubeObject['metadata'] }
}
const of = 'container checkout (Deployment shop/checkout)'

it.each<[before: KubeObject, after: KubeObject, words: string]>([
  [env(a), env(a, taxRegion), `Set TAX_REGION of ${of} from ConfigMap checkout-config, key tax-region`],
  [env(), env({ ...taxRegion, name: 'tax-region' }), `Set tax-region of ${of} from ConfigMap checkout-config`],
  [env(a), env({ name: 'A', value: 'two words' }), `Set A of ${of} to "two words", from 1`],
  [env(a, taxRegion), env(a), `Remove TAX_REGION of ${of}`],
  [env(a, { name: 'B', value: 'x' }), env({ name: 'C', value: 'y' }, a), `Set C of ${of} to y; remove B of ${of}`],
  [env(a), env({ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'A' } } }), `Set A of ${of} from Secret db`],
  [
    deployment({}),
    deployment({ image: 'shop/checkout:2' }),
    `Set the image of ${of} to shop/checkout:2, from shop/checkout:1`,
  ],
  [
    deployment({ resources: { limits: { memory: '64Mi' } } }),
    deployment({ resources: { limits: { memory: '128Mi' } } }),
    `Set the memory limit of ${of} to 128Mi, from 64Mi`,
  ],
  [
    deployment({ livenessProbe: { periodSeconds: 10 } }),
    deployment({ livenessProbe: { periodSeconds: 5 } }),
    `Change livenessProbe.periodSeconds of ${of} to 5, from 10`,
  ],
  [deployment({}), deployment({}, { replicas: 5 }), 'Scale checkout 3 → 5 in shop'],
  [deployment({}), deployment({}, { paused: true }), 'Change paused of Deployment shop/checkout to true'],
  [configMap({ a: 'x' }), configMap({ a: 'a\nb' }), 'Set key a in ConfigMap shop/app to "a\\nb", from x'],
  [configMap({ a: 'x', b: 'y' }), configMap({ b: 'y' }), 'Remove key a from ConfigMap shop/app'],
  [configMap({}), configMap({ a: 'x' }), 'Set key a in ConfigMap shop/app to x'],
  [configMap({ a: 'x' }, 'Thing'), configMap({ a: 'y' }, 'Thing'), 'Change data.a of Thing shop/app to y, from x'],
  [configMap({}, 'Secret'), configMap({ a: 'eA==' }, 'Secret'), 'Set key a in Secret shop/app to ***'],
  [annotated({}), annotated({ labels: { a: 'b' } }), 'Set label a of Deployment shop/checkout to b'],
  [annotated({ labels: { a: 'b' } }), annotated({}), 'Remove label a from Deployment shop/checkout'],
  [
    annotated({}),
    annotated({ annotations: { 'a/b c': 'd' } }),
    'Set annotation "a/b c" of Deployment shop/checkout to d',
  ],
  [
    ofPods({ labels: { a: 'b' } }),
    ofPods({ labels: { a: 'c' } }),
    'Set pod label a of Deployment shop/checkout to c, from b',
  ],
  [
    ofPods({ annotations: { a: 'b' } }),
    ofPods({ annotations: { a: 'c' } }),
    'Set pod annotation a of Deployment shop/checkout to c, from b',
  ],
  [deployment({}), deployment({}, { replicas: undefined }), 'Scale checkout 3 → unset in shop'],
  [deployment({}, { replicas: undefined }), deployment({}), 'Scale checkout unset → 3 in shop'],
  [deployment({}, { a: 1 }), deployment({}), 'Change a of Deployment shop/checkout: take away 1'],
  [pods(app), pods(app, { name: 'b', image: 'b:1' }), 'Add container b (b:1) to Deployment shop/checkout'],
  [pods(app, { name: 'b c' }), pods(app), 'Remove container "b c" of Deployment shop/checkout'],
  [pods({ image: 'a' }, 1), pods({ image: 'a' }, 2), 'Replace container 1 of Deployment shop/checkout'],
  [pods(app), pods(app, 7), 'Add container 1 to Deployment shop/checkout'],
  [
    pods({ image: 'a', tty: true }, {}),
    pods({ image: 'b', tty: true }, {}),
    'Set the image of container 0 (Deployment shop/checkout) to b, from a',
  ],
  [
    deployment({ resources: { requests: { cpu: '1' } } }),
    deployment({ resources: { requests: { cpu: '2' } } }),
    `Set the cpu request of ${of} to 2, from 1`,
  ],
  [
    deployment({ resources: { limits: {} } }),
    deployment({ resources: {} }),
    `Change resources.limits of ${of}: take away {}`,
  ],
  [
    deployment({ resources: { limits: { x: { y: 1 } } } }),
    deployment({ resources: { limits: { x: { y: 2 } } } }),
    `Change resources.limits.x.y of ${of} to 2, from 1`,
  ],
  [
    deployment({ other: { limits: { x: 1 } } }),
    deployment({ other: { limits: { x: 2 } } }),
    `Change other.limits.x of ${of} to 2, from 1`,
  ],
  [
    deployment({ ports: [{ name: 'http', containerPort: 80 }] }),
    deployment({ ports: [{ name: 'http', containerPort: 81 }] }),
    `Change ports[name=http].containerPort of ${of} to 81, from 80`,
  ],
  [deployment({ args: ['a'] }), deployment({ args: ['a', 'b'] }), `Change args[1] of ${of} to b`],
  [env(a), env({ name: 'A' }), `Change env[name=A].value of ${of}: take away 1`],
  [env(a), deployment({}), `Remove A of ${of}`],
  [deployment({}), env(a, { name: 'B' }), `Set A of ${of} to 1; set B of ${of} to ""`],
  [env({ name: 'A', value: '1' }, a), env(a), `Remove A of ${of}`],
  [env(a, b), env(b), `Remove A of ${of}`],
  [env(a, b, c), env({ ...b, value: '3' }, c), `Set B of ${of} to 3, from 2; remove A of ${of}`],
  [deployment({ env: 'x' }), deployment({ env: [] }), `Change env of ${of} to [], from x`],
  [
    deployment({ env: [a, { value: '1' }] }),
    deployment({ env: [b] }),
    `Change env of ${of} to [{"name":"B","value":"2"}], from [{"name":"A","value":"1"},{"value":"1"}]`,
  ],
  [
    env(a),
    env({ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }),
    `Set A of ${of} from the pod's metadata.name`,
  ],
  [
    env(),
    env({ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }),
    `Set A of ${of} from the pod's limits.cpu`,
  ],
  [env(), env({ name: 'A', valueFrom: {} }), `Set A of ${of} to ""`],
  [
    env(),
    env({ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'k' } } }),
    `Set A of ${of} from Secret db, key k`,
  ],
  [
    configMap({}),
    configMap({ a: '1', b: '2', c: '3' }),
    'Set key a in ConfigMap shop/app to 1; set key b in ConfigMap shop/app to 2; set key c in ConfigMap shop/app to 3',
  ],
  [
    configMap({}),
    configMap({ a: '1', b: '2', c: '3', d: '4' }),
    'Set key a in ConfigMap shop/app to 1; set key b in ConfigMap shop/app to 2; and 2 more changes',
  ],
])('says in the words of a person what changes: %#', (before, after, words) => {
  const { apiVersion, kind, metadata } = after
  const ref = { cluster: 'default', apiVersion, kind, name: metadata.name, namespace: 'shop' }
  const listed = changeWords(shownChanges({ ref, action: 'update', before, after }, key))
  expect(listed).toBe(words)
  expect(listed).not.toContain('\n')
})

it('stays one short line, however much changes and however long it is', () => {
  const many = (mark: string) =>
    Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k${at}`, mark.repeat(5_000)]))
  const ref = { cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', name: 'app', namespace: 'shop' }
  const write = { ref, action: 'update' as const, before: configMap(many('x')), after: configMap(many('y')) }
  const listed = changeWords(shownChanges(write, key))
  expect(listed.length).toBeLessThan(600)
  expect(listed).toMatch(/; and 48 more changes$/)
})

it('hides what the changes hide', () => {
  const secret = (value: string) => configMap({ password: Buffer.from(value).toString('base64') }, 'Secret')
  const ref = { cluster: 'default', apiVersion: 'v1', kind: 'Secret', name: 'app', namespace: 'shop' }
  const write = {
    ref,
    action: 'update' as const,
    before: secret('old-old-old-old-old'),
    after: secret('new-new-new-new-new'),
  }
  const listed = changeWords(shownChanges(write, key))
  expect(listed).toMatch(/^Set key password in Secret shop\/app to "\*\*\*\(19 bytes, [0-9a-f]{12}\)", from "\*\*\*/)
})

it('of an object without a namespace says none', () => {
  const ref = { cluster: 'default', apiVersion: 'v1', kind: 'Thing', name: 'a' }
  const of = (replicas: number) => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'a' }, spec: { replicas } })
  const write = { ref, action: 'update' as const, before: of(1), after: of(2) }
  expect(changeWords(shownChanges(write, key))).toBe('Scale a 1 → 2')
})

it('says a long value by its first 80 characters', () => {
  const ref = { cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', name: 'app', namespace: 'shop' }
  const listed = (length: number) => {
    const write = { ref, action: 'update' as const, before: configMap({}), after: configMap({ a: 'x'.repeat(length) }) }
    return changeWords(shownChanges(write, key))
  }
  expect(listed(80)).toBe(`Set key a in ConfigMap shop/app to ${'x'.repeat(80)}`)
  expect(listed(81)).toBe(`Set key a in ConfigMap shop/app to ${'x'.repeat(80)}…`)
})

const web = { cluster: 'default', apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop' }
const ofX = 'container x (Deployment shop/web)'
const [A, B] = ['A', 'B'].map((name) => ({ name, value: name }))

it.each<[change: Change, words: string, kind?: string]>([
  [{ path: '/spec/initContainers/0', after: { image: 'i' } }, 'Add container x (i) to Deployment shop/web'],
  [{ path: '/spec/ephemeralContainers/0', after: { image: 'i' } }, 'Add container x (i) to Deployment shop/web'],
  [{ path: '/spec/containers', before: [1], after: [2] }, 'Change containers of Deployment shop/web to [2], from [1]'],
  [{ path: '/spec/containers/0/ports/0', after: { name: 'a' } }, `Change ports[0] of ${ofX} to {"name":"a"}`],
  [{ path: '/status/spec/a', after: 1 }, 'Change status.spec.a of Deployment shop/web to 1'],
  [{ path: '/stringData/a', after: 'b' }, 'Set key a in Secret shop/web to b', 'Secret'],
  [{ path: '/binaryData/a', after: 'b' }, 'Set key a in ConfigMap shop/web to b', 'ConfigMap'],
  [{ path: '/spec/containers/0/env/0', after: 'a' }, `Change env[0] of ${ofX} to a`],
  [{ path: '/spec/containers/0/env/0', after: { value: 'a' } }, `Change env[0] of ${ofX} to {"value":"a"}`],
  [{ path: '/spec/containers/0/env', before: [], after: 'a' }, `Change env of ${ofX} to a, from []`],
  [{ path: '/spec/containers/0/env', before: [], after: [null] }, `Change env of ${ofX} to [null], from []`],
  [
    { path: '/spec/containers/0/env', before: [A, B], after: [B, A] },
    `Change env of ${ofX} to ${JSON.stringify([B, A])}, from ${JSON.stringify([A, B])}`,
  ],
])('says of a change by itself, named as the object has it: %j', (change, words, kind = 'Deployment') => {
  const lists = ['containers', 'initContainers', 'ephemeralContainers'].map((list) => [list, [{ name: 'x' }]])
  const shown = { spec: Object.fromEntries(lists) }
  expect(changeWords({ ref: { ...web, kind }, changes: [change], elements: {}, shown })).toBe(words)
})

it('says nothing of no change, and of what is not there that it is nothing', () => {
  expect(changeWords({ ref: web, changes: [], elements: {}, shown: {} })).toBe('')
  expect(shownValue(undefined)).toBe('nothing')
})
