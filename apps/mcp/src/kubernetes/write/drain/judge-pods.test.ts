import { expect, test } from 'vitest'
import { ToolError } from '../../../tool/tool-error.ts'
import { type DrainRules, judgePods, type NodePod } from './judge-pods.ts'

const running = { phase: 'Running' }
const byDefault: DrainRules = { ignoreDaemonsets: true, deleteEmptydirData: false, force: false }
const owned = (kind: string, apiVersion = 'apps/v1') => ({
  ownerReferences: [{ apiVersion, kind, name: 'own', uid: 'u', controller: true }],
})
const pod = (
  name: string,
  metadata: object,
  spec: NodePod['spec'] = {},
  status: NodePod['status'] = running,
): NodePod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', ...metadata },
  spec,
  status,
})
const emptyDir = {
  volumes: [
    { name: 'a', configMap: {} },
    { name: 'b', emptyDir: {} },
  ],
}

const web = pod('web', owned('ReplicaSet'))
const mirror = pod('mirror', { annotations: { 'kubernetes.io/config.mirror': 'x' } })
const daemon = pod('daemon', owned('DaemonSet'), emptyDir)
const scratch = pod('scratch', owned('StatefulSet'), emptyDir)
const bare = pod('bare', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u' }] })
const both = pod('both', {}, emptyDir)
const finished = pod('finished', {}, emptyDir, { phase: 'Succeeded' })
const failed = pod('failed', owned('DaemonSet'), {}, { phase: 'Failed' })
const going = pod('going', { deletionTimestamp: '2026-01-01T00:00:00Z' })

const namesOf = (pods: readonly NodePod[]) => pods.map(({ metadata }) => metadata.name)

test('what may go goes, what stays says why', () => {
  const { evicted, left } = judgePods('node-1', [web, mirror, daemon, finished, failed, going], byDefault)
  expect(namesOf(evicted)).toEqual(['web', 'finished', 'failed'])
  expect(left.map(({ pod, why }) => [pod.metadata.name, why])).toEqual([
    ['mirror', 'skipped: mirror pod'],
    ['daemon', 'skipped: DaemonSet own'],
    ['going', 'terminating'],
  ])
})

test('all refusals come together', () => {
  const judge = () => judgePods('node-1', [web, daemon, scratch, bare, both], { ...byDefault, ignoreDaemonsets: false })
  expect(judge).toThrow(ToolError)
  expect(judge).toThrow(
    [
      'node "node-1" is not drained, and nothing was touched.',
      '- shop/daemon: it belongs to the DaemonSet own, which would make it anew; see ignore_daemonsets.',
      '- shop/scratch: its emptyDir volumes would be lost; see delete_emptydir_data.',
      '- shop/bare: no controller would make it anew; see force.',
      '- shop/both: no controller would make it anew; see force, and its emptyDir volumes would be lost; see delete_emptydir_data.',
    ].join('\n'),
  )
})

test('what is allowed is not refused', () => {
  const rules = { ignoreDaemonsets: true, deleteEmptydirData: true, force: true }
  expect(namesOf(judgePods('node-1', [scratch, bare, both], rules).evicted)).toEqual(['scratch', 'bare', 'both'])
})
