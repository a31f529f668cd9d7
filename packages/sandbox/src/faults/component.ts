import type { Image, Program } from '../images/program.ts'
import type { Manifest } from './manifest.ts'

type EnvVar = { name: string; value?: string; valueFrom?: object }

/** One program of an application with all that belongs to it. What is set here is what its manifests say. */
export type Component = {
  name: string
  /** Without its tag. */
  image: string
  tag: string
  replicas: number
  labels: Record<string, string>
  /** The port that its container declares, and the one that its Service leads to. Left out: it serves nobody. */
  port: number | undefined
  servicePort: number
  env: EnvVar[]
  resources: { requests: Record<string, string>; limits: Record<string, string> }
  probePort: number | undefined
  nodeSelector?: Record<string, string>
  /** A ConfigMap all of whose keys become variables. */
  configMap?: { name: string; data: Record<string, string> }
  secret?: { name: string; data: Record<string, string> }
  /** What its container is started with. */
  args?: string[]
  program: Program
  /** Tags that the registry has; left out: the one it runs. */
  tagsThere?: readonly string[]
}

/** What the registry must have for them; one image may be run with several commands. */
export function imagesOf(components: readonly Component[]): Image[] {
  const names = [...new Set(components.map(({ image }) => image))]
  return names.map((name) => {
    const own = components.filter(({ image }) => image === name)
    const commands = own.flatMap(({ args, program }) =>
      args === undefined ? [] : [[args.join(' '), program] as const],
    )
    return {
      name,
      tags: own.flatMap(({ tag, tagsThere = [tag] }) => tagsThere),
      program: own.find(({ args }) => args === undefined)?.program ?? {},
      commands: Object.fromEntries(commands),
    }
  })
}

export function deploymentOf(component: Component): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: component.name, labels: component.labels },
    spec: {
      replicas: component.replicas,
      // A failed roll-out is seen at once, and old pods stay as long as new ones are not ready.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      progressDeadlineSeconds: 120,
      selector: { matchLabels: component.labels },
      template: podTemplateOf(component),
    },
  }
}

export function podTemplateOf(component: Component) {
  const { name, image, tag, port, env, resources, probePort, configMap, nodeSelector, args } = component
  const probe = { httpGet: { path: '/healthz', port: probePort }, periodSeconds: 5, failureThreshold: 3 }
  return {
    metadata: { labels: component.labels },
    spec: {
      ...(nodeSelector !== undefined && { nodeSelector }),
      containers: [
        {
          name,
          image: `${image}:${tag}`,
          ...(args !== undefined && { args }),
          ...(port !== undefined && { ports: [{ name: 'http', containerPort: port }] }),
          env,
          ...(configMap !== undefined && { envFrom: [{ configMapRef: { name: configMap.name } }] }),
          resources,
          ...(probePort !== undefined && { readinessProbe: probe }),
        },
      ],
    },
  }
}

export function serviceOf({ name, labels, port, servicePort }: Component): Manifest[] {
  if (port === undefined) return []
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels },
      spec: { selector: labels, ports: [{ name: 'http', port: servicePort, targetPort: port }] },
    },
  ]
}

export function configOf({ configMap, secret, labels }: Component): Manifest[] {
  return [
    ...(configMap === undefined
      ? []
      : [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: configMap.name, labels }, data: configMap.data }]),
    ...(secret === undefined
      ? []
      : [
          {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { name: secret.name, labels },
            type: 'Opaque',
            stringData: secret.data,
          },
        ]),
  ]
}

/** Everything of a component, what it needs first. */
export function manifestsOf(component: Component): Manifest[] {
  return [...configOf(component), ...serviceOf(component), deploymentOf(component)]
}
