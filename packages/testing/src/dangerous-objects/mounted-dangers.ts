import fc from 'fast-check'
import type { OtherDanger } from './danger.ts'
import type { Fields } from './kube-json.ts'
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

const kinds = ['CronJob', 'ReplicaSet', 'ReplicationController', 'Deployment'] as const

/** A workload in the cluster that runs the key `payload` of what is given to it by a volume. */
const user = (head: Head) =>
  fc
    .tuple(fc.constantFrom(...ways), fc.constantFrom(...kinds))
    .map(([way, kind]) => (field: string, source: Fields) => {
      const volumes = [{ name: 'v', [field]: { ...source, ...way.volume } }]
      const spec = { containers: [{ name: 'app', image: 'nginx:1.27', ...way.container }], volumes }
      return workloads[kind].make({ ...head, annotations: {} }, spec)
    })

/** A value of a ConfigMap that a workload in the cluster runs. */
export function mountedScript(head: Head): fc.Arbitrary<OtherDanger> {
  return fc.tuple(payload, user(head)).map(([{ line, whole, behind }, userOf]) => {
    const of = (value: string) =>
      kept('v1', 'ConfigMap', head, { data: { 'app.conf': 'level = debug', payload: value } })
    const object = of(whole)
    return {
      what: 'mounted script',
      behind,
      text: line,
      whole,
      at: ['data', 'payload'],
      before: of('level = debug'),
      object,
      beside: [userOf('configMap', { name: object.metadata.name })],
    }
  })
}

/** The same of a Secret. The effect names it and never shows it. It has no blank, as a password has none. */
export function mountedSecretScript(head: Head): fc.Arbitrary<OtherDanger> {
  return fc.tuple(payload, user(head)).map(([{ line }, userOf]) => {
    const of = (more: Fields) =>
      kept('v1', 'Secret', head, { data: { password: encoded('correct-horse-battery'), ...more } })
    const object = of({ payload: encoded(line.replaceAll(' ', unseenBlank)) })
    return {
      what: hiddenScript,
      behind: 'a Secret',
      text: 'script in base64 payload',
      whole: 'script in base64 payload',
      at: ['data', 'payload'],
      before: of({}),
      object,
      beside: [userOf('secret', { secretName: object.metadata.name })],
    }
  })
}

/** What of a dangerous object nobody can read, and must ask for. */
export const hiddenScript = 'script in a Secret'

/** A shell takes it for a blank. */
const unseenBlank = `$${'{IFS}'}`

function encoded(text: string): string {
  return Buffer.from(text).toString('base64')
}
