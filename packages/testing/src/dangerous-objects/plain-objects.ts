import fc from 'fast-check'
import type { Fields, KubeJson } from './kube-json.ts'

const word = fc.constantFrom('web', 'shop', 'mailer', 'cart', 'search', 'billing')
const image = fc.constantFrom('nginx:1.27', 'registry.example.com/shop/web:1.2', 'ghcr.io/example/api:2.0.1')
/** Names that a careless mask goes by, with nothing secret behind them. */
const variable = fc
  .record({
    name: fc.constantFrom('LOG_LEVEL', 'API_TOKEN', 'DB_PASSWORD_FILE', 'PRIVATE_KEY_PATH', 'REGION'),
    value: fc.constantFrom('debug', '/run/secrets/key', 'eu', 'see the vault'),
  })
  .map((each): Fields => ({ ...each }))

const container = fc.record({ name: word, image, env: fc.uniqueArray(variable, { selector: nameOf, maxLength: 4 }) })

function nameOf({ name }: Fields): unknown {
  return name
}

export const podSpec: fc.Arbitrary<Fields> = fc
  .record({
    containers: fc.uniqueArray(container, { selector: nameOf, minLength: 1, maxLength: 3 }),
    initContainers: fc.uniqueArray(container, { selector: nameOf, maxLength: 2 }),
    isPulled: fc.boolean(),
  })
  .map(({ containers, initContainers, isPulled }) => ({
    containers,
    ...(initContainers.length > 0 && {
      initContainers: initContainers.map((each) => ({ ...each, name: `init-${each.name}` })),
    }),
    ...(isPulled && { imagePullSecrets: [{ name: 'registry-token' }] }),
    volumes: [{ name: 'scratch', emptyDir: {} }],
  }))

/** Ordinary notes; every third object has so many of them that nobody reads to their end. */
const annotations = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 405, max: 430 }), fc.integer({ min: 0, max: 2 }))
  .map(([few, many, draw]) =>
    Object.fromEntries(
      Array.from({ length: draw === 0 ? many : few }, (_, index) => [
        `example.com/${index % 7 === 3 ? 'token-rotation' : 'note'}-${String(index).padStart(3, '0')}`,
        `checked by the team, entry ${index}`,
      ]),
    ),
  )

export const head = fc.record({
  name: word,
  // No number more often than another: two objects of one name would be in each other's way.
  number: fc.noBias(fc.nat(0xfffff)),
  annotations,
  labels: fc.constant({ tier: 'back' }),
})

export type Head = { name: string; number: number; annotations: Record<string, string>; labels: Record<string, string> }

function metadataOf({ name, number, annotations, labels }: Head): KubeJson['metadata'] {
  const hasAny = Object.keys(annotations).length > 0
  return { name: `${name}-${number.toString(16)}`, labels, ...(hasAny && { annotations }) }
}

/** All kinds that hold pods: where the pod's spec stands, and an object around it. */
export const workloads = {
  Pod: { at: ['spec'], make: (head: Head, spec: Fields) => kept('v1', 'Pod', head, { spec }) },
  PodTemplate: {
    at: ['template', 'spec'],
    make: (head: Head, spec: Fields) => kept('v1', 'PodTemplate', head, { template: template(head, spec) }),
  },
  ReplicationController: {
    at: ['spec', 'template', 'spec'],
    make: (head: Head, spec: Fields) =>
      kept('v1', 'ReplicationController', head, {
        spec: { replicas: 1, selector: { app: head.name }, template: template(head, spec) },
      }),
  },
  Deployment: {
    at: ['spec', 'template', 'spec'],
    make: (head: Head, spec: Fields) => kept('apps/v1', 'Deployment', head, { spec: selecting(head, spec) }),
  },
  ReplicaSet: {
    at: ['spec', 'template', 'spec'],
    make: (head: Head, spec: Fields) => kept('apps/v1', 'ReplicaSet', head, { spec: selecting(head, spec) }),
  },
  StatefulSet: {
    at: ['spec', 'template', 'spec'],
    make: (head: Head, spec: Fields) =>
      kept('apps/v1', 'StatefulSet', head, { spec: { serviceName: head.name, ...selecting(head, spec) } }),
  },
  DaemonSet: {
    at: ['spec', 'template', 'spec'],
    make: (head: Head, spec: Fields) => {
      const { replicas: _, ...rest } = selecting(head, spec)
      return kept('apps/v1', 'DaemonSet', head, { spec: rest })
    },
  },
  Job: {
    at: ['spec', 'template', 'spec'],
    make: (head: Head, spec: Fields) =>
      kept('batch/v1', 'Job', head, { spec: { template: template(head, once(spec)) } }),
  },
  CronJob: {
    at: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
    make: (head: Head, spec: Fields) =>
      kept('batch/v1', 'CronJob', head, {
        spec: { schedule: '17 3 * * *', jobTemplate: { spec: { template: template(head, once(spec)) } } },
      }),
  },
} as const

export type WorkloadKind = keyof typeof workloads

export function kept(apiVersion: string, kind: string, head: Head, rest: Fields): KubeJson {
  return { apiVersion, kind, metadata: metadataOf(head), ...rest }
}

function template({ name }: Head, spec: Fields): Fields {
  return { metadata: { labels: { app: name } }, spec }
}

function selecting(head: Head, spec: Fields): Fields {
  return { replicas: 2, selector: { matchLabels: { app: head.name } }, template: template(head, spec) }
}

function once(spec: Fields): Fields {
  return { restartPolicy: 'Never', ...spec }
}
