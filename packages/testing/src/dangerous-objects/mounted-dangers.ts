import fc from 'fast-check'
import type { Fields } from './kube-json.ts'
import type { OtherDanger } from './other-dangers.ts'
import { payload } from './payload.ts'
import { type Head, kept, workloads } from './plain-objects.ts'

/** Ways in which what is in the cluster runs a key whose name says nothing. */
const ways: readonly { container: Fields; volume?: Fields }[] = [
  {
    container: {
      command: ['sh', '/opt/run'],
      volumeMounts: [{ name: 'v', mountPath: '/opt/run', subPath: 'payload' }],
    },
  },
  { container: { command: ['run-parts', '/opt/run'], volumeMounts: [{ name: 'v', mountPath: '/opt/run' }] } },
  {
    container: {
      command: ['/bin/sh', '-c', 'for each in /c/*; do . $each; done'],
      volumeMounts: [{ name: 'v', mountPath: '/c' }],
    },
  },
  { container: { volumeMounts: [{ name: 'v', mountPath: '/docker-entrypoint.sh', subPath: 'payload' }] } },
  { container: { volumeMounts: [{ name: 'v', mountPath: '/app' }] }, volume: { defaultMode: 0o755 } },
]

/** A value of a ConfigMap that a workload in the cluster runs. */
export function mountedScript(head: Head): fc.Arbitrary<OtherDanger> {
  return fc
    .tuple(
      payload,
      fc.constantFrom(...ways),
      fc.constantFrom('CronJob', 'ReplicaSet', 'ReplicationController', 'Deployment'),
    )
    .map(([{ line, whole, behind }, { container, volume }, kind]) => {
      const settings = { 'app.conf': 'level = debug\n' }
      const of = (value: string) => kept('v1', 'ConfigMap', head, { data: { ...settings, payload: value } })
      const object = of(whole)
      const user = workloads[kind as keyof typeof workloads].make(
        { ...head, annotations: {} },
        {
          containers: [{ name: 'app', image: 'nginx:1.27', ...container }],
          volumes: [{ name: 'v', configMap: { name: object.metadata.name, ...volume } }],
        },
      )
      return {
        what: 'mounted script',
        behind,
        text: line,
        whole,
        at: ['data', 'payload'],
        before: of('level = debug'),
        object,
        beside: [user],
      }
    })
}
