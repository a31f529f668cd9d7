import { expect, test } from 'vitest'
import { waitFlags } from './wait-flags.ts'

const objectOf = (apiVersion: string, kind: string) => ({
  object: { apiVersion, kind, metadata: { name: 'web' } },
  generated: [],
})
const plain = [objectOf('apps/v1', 'Deployment'), objectOf('other.example/v1', 'Rollout')]
const argo = [...plain, objectOf('argoproj.io/v1alpha1', 'Rollout')]

test.each([
  [{ wait: true, objects: plain, major: 4 }, ['--wait']],
  [{ wait: true, objects: argo, major: 4 }, ['--wait=legacy']],
  [{ wait: true, objects: argo, major: 3 }, ['--wait']],
  [{ wait: false, atomic: true, objects: argo, major: 4 }, ['--wait=legacy']],
  [{ wait: false, atomic: true, objects: plain, major: 4 }, []],
  [{ wait: false, objects: argo, major: 4 }, []],
])('%j', (of, flags) => {
  expect(waitFlags(of)).toEqual(flags)
})
