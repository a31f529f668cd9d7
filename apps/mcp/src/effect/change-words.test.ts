import { expect, it } from 'vitest'
import type { KubeObject } from '../kube/kube-object.ts'
import { changeWords } from './change-words.ts'
import { shownChanges } from './effect-object.ts'

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
])('says in the words of a person what changes: %#', (before, after, words) => {
  const { apiVersion, kind, metadata } = after
  const ref = { cluster: 'default', apiVersion, kind, name: metadata.name, namespace: 'shop' }
  const told = changeWords(shownChanges({ ref, action: 'update', before, after }, key))
  expect(told).toBe(words)
  expect(told).not.toContain('\n')
})

it('stays one short line, however much changes and however long it is', () => {
  const many = (mark: string) =>
    Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k${at}`, mark.repeat(5_000)]))
  const ref = { cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', name: 'app', namespace: 'shop' }
  const write = { ref, action: 'update' as const, before: configMap(many('x')), after: configMap(many('y')) }
  const told = changeWords(shownChanges(write, key))
  expect(told.length).toBeLessThan(600)
  expect(told).toMatch(/; and 48 more changes$/)
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
  const told = changeWords(shownChanges(write, key))
  expect(told).toMatch(/^Set key password in Secret shop\/app to "\*\*\*\(19 bytes, [0-9a-f]{12}\)", from "\*\*\*/)
})
