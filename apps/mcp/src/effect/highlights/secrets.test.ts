import { expect, it } from 'vitest'
import { objectOf } from './highlights-of.fixture.ts'
import { plainlyRead } from './plainly-read.fixture.ts'
import { secrets } from './secrets.ts'

it('the Secrets that a pod mounts and its containers read, and nothing else that they are given', () => {
  const volumes = [
    { name: 'v', secret: { secretName: 'one' } },
    { name: 'w', projected: { sources: [{ configMap: { name: 'x' } }, { secret: { name: 'two' } }] } },
    { name: 'x', configMap: { name: 'x' } },
  ]
  const env = [
    { name: 'A', value: 'a' },
    { name: 'B', valueFrom: { secretKeyRef: { name: 'three' } } },
    { name: 'C', valueFrom: { configMapKeyRef: { name: 'x' } } },
  ]
  const envFrom = [{ configMapRef: { name: 'x' } }, { secretRef: { name: 'four' } }]
  const spec = { volumes, containers: [{ name: 'app', env, envFrom }] }
  const at = '/spec/containers/0'
  const app = '/spec/containers app'
  expect(secrets(plainlyRead(objectOf('v1', 'Pod', { spec })))).toEqual([
    { group: 'data', path: '/spec/volumes/0/secret', of: '/spec', fact: 'mounts Secret «one»' },
    { group: 'data', path: '/spec/volumes/1/projected/sources/1/secret', of: '/spec', fact: 'mounts Secret «two»' },
    { group: 'data', path: `${at}/env/1/valueFrom/secretKeyRef`, of: app, fact: 'reads Secret «three» into env' },
    { group: 'data', path: `${at}/envFrom/1/secretRef`, of: app, fact: 'reads Secret «four» into env' },
  ])
})
