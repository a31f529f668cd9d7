import type { Effect } from '@fairlead/contract/effect/effect'
import { expect, test } from 'vitest'
import { isEnforced } from './is-enforced.ts'

type Case = [name: string, expected: boolean, tool: string, basis: Effect['basis'], objects: Partial<ObjectOf>[]]
type ObjectOf = Effect['objects'][number]

const deployment: ObjectOf = {
  cluster: 'default',
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  uid: 'u1',
  action: 'update',
  changes: [],
}

const cases: Case[] = [
  ['an update of an object of the API server', true, 'k8s_patch', 'server', [{}]],
  ['an update that only we could compute', true, 'k8s_apply', 'computed', [{}]],
  ['a creation', true, 'k8s_apply', 'server', [{ action: 'create', uid: undefined }]],
  ['a deletion', true, 'k8s_delete', 'server', [{ action: 'delete' }]],
  ['a restart', true, 'k8s_rollout_restart', 'server', [{ action: 'restart' }]],
  ['an object of the core group', true, 'k8s_apply', 'server', [{ apiVersion: 'v1', kind: 'ConfigMap' }]],
  ['a Rollout', true, 'argo_set_image', 'server', [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' }]],
  ['a command in a pod', false, 'k8s_exec', 'external', [{ apiVersion: 'v1', kind: 'Pod', action: 'exec' }]],
  ['a command beside an update', false, 'k8s_apply', 'server', [{}, { action: 'exec' }]],
  ['an invocation', false, 'k8s_port_forward', 'server', [{ action: 'invoke' }]],
  ['an external basis', false, 'k8s_patch', 'external', [{}]],
  ['an unknown basis', false, 'k8s_patch', 'unknown', [{}]],
  ['the manifests of a Helm release', false, 'helm_upgrade', 'computed', [{}]],
  [
    'a Helm release',
    false,
    'helm_uninstall',
    'computed',
    [{ apiVersion: 'helm.sh/v3', kind: 'Release', action: 'delete' }],
  ],
  [
    'a Jenkins job',
    false,
    'jenkins_build',
    'external',
    [{ cluster: '', apiVersion: '', kind: 'Job', action: 'invoke' }],
  ],
  [
    'a Jenkins job that is updated',
    false,
    'jenkins_update_job',
    'computed',
    [{ cluster: '', apiVersion: 'jenkins/v1' }],
  ],
  ['the tool of another server', false, 'deploy', 'server', [{}]],
  ['something outside of a cluster', false, 'k8s_apply', 'server', [{ cluster: '' }]],
  ['something without a kind of its own', false, 'k8s_apply', 'server', [{ apiVersion: '', kind: 'ToolCall' }]],
  ['nothing at all', false, 'k8s_apply', 'server', []],
]

test.each(cases)('%s: %s', (_, expected, tool, basis, objects) => {
  const whole = objects.map((object) => ({ ...deployment, ...object }))
  expect(isEnforced(tool, { basis, objects: whole })).toBe(expected)
})

test('a write that the tool server calls unenforced is not, whatever it writes', () => {
  expect(isEnforced('k8s_apply', { basis: 'server', objects: [deployment], unenforced: true })).toBe(false)
})
