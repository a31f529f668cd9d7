import { expect, test } from 'vitest'
import { namedKind } from './kind-words.ts'

test.each([
  ['pods', 'Pod', 'Pods'],
  ['po', 'Pod', 'Pods'],
  ['Pod', 'Pod', 'Pods'],
  ['DEPLOY', 'Deployment', 'Deployments'],
  ['deployments.apps', 'Deployment', 'Deployments'],
  ['replicasets.v1.apps', 'ReplicaSet', 'ReplicaSets'],
  ['ingresses', 'Ingress', 'Ingresses'],
  ['ing', 'Ingress', 'Ingresses'],
  ['sc', 'StorageClass', 'StorageClasses'],
  ['netpol', 'NetworkPolicy', 'NetworkPolicies'],
  ['networkpolicies', 'NetworkPolicy', 'NetworkPolicies'],
  ['ep', 'Endpoints', 'Endpoints'],
  ['job', 'Job', 'Jobs'],
  ['jobs', 'Job', 'Jobs'],
  ['cronjobs', 'CronJob', 'CronJobs'],
  ['pc', 'PriorityClass', 'PriorityClasses'],
])('%s is one %s, and several %s', (type, one, many) => {
  expect(namedKind(type)).toEqual({ one, many })
})

test.each(['widgets.example.com', 'Widget', 'constructor', ''])('%j keeps its own word', (type) => {
  expect(namedKind(type)).toEqual({ one: type, many: type })
})
