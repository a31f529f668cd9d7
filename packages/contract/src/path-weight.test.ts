import { expect, test } from 'vitest'
import { pathWeight } from './path-weight.ts'

test.each([
  ['Deployment', '/spec/template/spec/containers/0/image', 'image'],
  ['Deployment', '/spec/replicas', 'replicas'],
  ['Deployment', '/spec/template/spec/containers/0/resources/limits/memory', 'limits'],
  ['Deployment', '/spec/selector/matchLabels/app', 'selector'],
  ['ClusterRole', '/rules/0/verbs', 'access rights'],
  ['RoleBinding', '/subjects', 'access rights'],
  ['Service', '/spec/ports/0/port', 'exposed port'],
  ['Pod', '/spec/containers/0/ports/0/hostPort', 'exposed port'],
  ['Pod', '/spec/containers/0/securityContext/privileged', 'privileges'],
  ['ConfigMap', '/data/image', undefined],
  ['Deployment', '/metadata/labels/image', undefined],
  ['Deployment', '/spec/template/spec/containers/0/resources/requests/memory', undefined],
])('%s %s: %s', (kind, path, weight) => {
  expect(pathWeight(kind, path)).toBe(weight)
})
