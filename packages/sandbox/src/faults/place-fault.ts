import type { Image } from '../images/program.ts'
import { type Component, imagesOf, manifestsOf, podTemplateOf } from './component.ts'
import type { Application } from './draw-application.ts'
import { connect, variableFor } from './draw-application.ts'
import type { Edit, Manifest, Named } from './manifest.ts'
import type { Random } from './random.ts'
import type { Fault, Unknown } from './scenario.ts'

/** What a fault makes of an application. */
export type Placed = {
  images: Image[]
  manifests: Manifest[]
  edits: Edit[]
  culprit: Named
  field: string
  noticed: string[]
  unknown?: Unknown
}

type Place = { application: Application; random: Random; badTags: readonly [string, ...string[]] }

/** Every fault: it spoils one component, or one object beside it, and says what will show. */
export const placeFault: Readonly<Record<Fault, (place: Place) => Placed>> = {
  'bad-image': ({ application, random, badTags }) => {
    const victim = aPart(application, random)
    const good = victim.tag
    const role = random.pick(['worker', 'cron', 'consumer'])
    const twin: Component = {
      ...victim,
      name: `${victim.name}-${role}`,
      port: undefined,
      probePort: undefined,
      env: [],
      args: [role],
    }
    delete twin.configMap
    twin.labels = relabelled(victim.labels, twin.name)
    twin.program = { memory: victim.program.memory ?? '64Mi', says: ['starting', 'waiting for work'] }
    victim.tag = random.pick(badTags)
    victim.tagsThere = [good]
    // Where nothing else of the same image runs, only a person can tell the right tag.
    if (random.isHeads()) return spoilt([...application.components, twin], victim, 'image')
    return { ...spoilt(application.components, victim, 'image'), unknown: { tag: good } }
  },

  'missing-key': ({ application, random }) => {
    const victim = aPart(application, random)
    const key = random.pick(['DATABASE_URL', 'SESSION_KEY', 'QUEUE_HOST', 'API_TOKEN_URL', 'STORAGE_BUCKET'])
    victim.program = { ...victim.program, needsEnv: [key] }
    const { configMap } = victim
    delete victim.configMap
    const value = random.pick(['primary', 'main-eu', 'default'])
    const isThere = random.isHeads()
    const data = { ...configMap?.data, ...(isThere && { [key]: value }) }
    const config: Manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: configMap?.name ?? `${victim.name}-config`, labels: victim.labels },
      data,
    }
    const placed = spoilt(application.components, victim, key)
    const unknown = isThere ? {} : { unknown: { variable: key, value } }
    return { ...placed, ...unknown, manifests: [config, ...placed.manifests] }
  },

  'wrong-probe-port': ({ application, random }) => {
    const victim = aPart(application, random)
    victim.probePort = (victim.port ?? 8080) + random.pick([1, 10, 80])
    return spoilt(application.components, victim, 'readinessProbe.httpGet.port')
  },

  'out-of-memory': ({ application, random }) => {
    const victim = aPart(application, random)
    const limit = random.pick([48, 64, 80])
    victim.program = { ...victim.program, memory: `${needsOver(limit, random)}Mi` }
    victim.resources = {
      requests: { ...victim.resources.requests, memory: `${limit}Mi` },
      limits: { memory: `${limit}Mi` },
    }
    return spoilt(application.components, victim, 'resources.limits.memory')
  },

  unschedulable: ({ application, random }) => {
    const victim = aPart(application, random)
    const kind = random.pick(['cpu', 'memory', 'node'])
    if (kind === 'node') {
      const [key, value] = random.pick([
        ['disktype', 'nvme'],
        ['accelerator', 'gpu'],
        ['pool', 'highmem'],
      ])
      victim.nodeSelector = { [key]: value }
      return spoilt(application.components, victim, `nodeSelector.${key}`)
    }
    const request = kind === 'cpu' ? `${random.pick([100, 200, 250])}` : `${random.pick([256, 384, 512])}Gi`
    victim.resources = { requests: { ...victim.resources.requests, [kind]: request }, limits: {} }
    return spoilt(application.components, victim, `resources.requests.${kind}`)
  },

  'missing-config': ({ application, random }) => {
    const victim = aPart(application, random)
    const { configMap } = victim
    const there = { name: configMap?.name ?? `${victim.name}-config`, data: configMap?.data ?? { REGION: 'eu-west-1' } }
    const isSecret = random.isHeads()
    const kind = isSecret ? 'Secret' : 'ConfigMap'
    const name = isSecret ? `${victim.name}-credentials` : there.name
    const wrong = random.pick([`${name}-v2`, name.replace(/-(\w)/, '_$1').replace('_', '-the-'), `${name}s`])
    delete victim.configMap
    const key = isSecret ? 'PASSWORD' : 'REGION'
    const ref = { name: wrong, key }
    victim.program = { ...victim.program, needsEnv: [key] }
    victim.env.push({ name: key, valueFrom: isSecret ? { secretKeyRef: ref } : { configMapKeyRef: ref } })
    const config: Manifest = isSecret
      ? {
          apiVersion: 'v1',
          kind,
          metadata: { name },
          type: 'Opaque',
          stringData: { PASSWORD: 'correct-horse', USERNAME: 'shop' },
        }
      : { apiVersion: 'v1', kind, metadata: { name }, data: there.data }
    const placed = spoilt(application.components, victim, wrong)
    return { ...placed, manifests: [config, ...placed.manifests] }
  },

  'selector-mismatch': ({ application, random }) => {
    const victim = aPart(application, random)
    const [key = 'app', value = victim.name] = Object.entries(victim.labels)[0] ?? []
    const wrong = random.pick([
      `${value}s`,
      value.length > 4 ? `${value.slice(0, 2)}${value.slice(3)}` : `${value}x`,
      `${value}-v2`,
    ])
    const placed = spoilt(application.components, victim, 'spec.selector')
    const manifests = changed(placed.manifests, { kind: 'Service', name: victim.name }, (spec) => ({
      ...spec,
      selector: { [key]: wrong },
    }))
    return { ...placed, manifests, culprit: { kind: 'Service', name: victim.name } }
  },

  'wrong-target-port': ({ application, random }) => {
    const victim = aPart(application, random)
    const placed = spoilt(application.components, victim, 'targetPort')
    const wrong = random.isHeads() ? (victim.port ?? 8080) + random.pick([1, 80, 1000]) : 'web'
    const manifests = changed(placed.manifests, { kind: 'Service', name: victim.name }, (spec) => ({
      ...spec,
      ports: [{ name: 'http', port: victim.servicePort, targetPort: wrong }],
    }))
    return { ...placed, manifests, culprit: { kind: 'Service', name: victim.name } }
  },

  'failed-job': ({ application, random }) => {
    const owner = aPart(application, random)
    const task = random.pick(['migrate', 'import', 'backfill', 'cleanup', 'reindex'])
    const name = `${owner.name}-${task}`
    const key = random.pick(['DATABASE_URL', 'SOURCE_BUCKET', 'TARGET_SCHEMA'])
    const isMemory = random.isHeads()
    const job: Component = {
      ...owner,
      name,
      port: undefined,
      probePort: undefined,
      env: [],
      args: [task],
      labels: relabelled(owner.labels, name),
      resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '64Mi' } },
      program: isMemory
        ? { memory: `${needsOver(64, random)}Mi`, ends: { afterSeconds: 1, code: 0 } }
        : { memory: '32Mi', needsEnv: [key], ends: { afterSeconds: 1, code: 0 }, says: ['starting'] },
    }
    delete job.configMap
    const template = podTemplateOf(job)
    const manifest: Manifest = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, labels: job.labels },
      spec: { backoffLimit: 0, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
    }
    const { configMap } = owner
    if (!isMemory && configMap !== undefined)
      owner.configMap = { ...configMap, data: { ...configMap.data, [key]: 'main' } }
    return {
      images: imagesOf([...application.components, job]),
      manifests: [...application.components.flatMap(manifestsOf), manifest],
      edits: [],
      culprit: { kind: 'Job', name },
      field: isMemory ? 'resources.limits.memory' : key,
      noticed: [name],
    }
  },

  'stuck-rollout': ({ application, random, badTags }) => {
    const victim = aPart(application, random)
    const manifests = application.components.flatMap(manifestsOf)
    const container = { ...podTemplateOf(victim).spec.containers[0], image: `${victim.image}:${random.pick(badTags)}` }
    const edit: Edit = {
      kind: 'Deployment',
      name: victim.name,
      patch: { spec: { template: { spec: { containers: [container] } } } },
    }
    const images = imagesOf(application.components)
    return { images, manifests, edits: [edit], culprit: deployment(victim), field: 'image', noticed: [victim.name] }
  },

  'quota-reached': ({ application, random }) => {
    const victim = aPart(application, random)
    const all = application.components.reduce((sum, { replicas }) => sum + replicas, 0)
    const name = random.pick(['compute-quota', 'team-limits', 'pods-budget'])
    // A roll-out takes one pod more for a moment; the workload that then grows finds no space left.
    const quota: Manifest = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name },
      spec: { hard: { pods: `${all + 1}` } },
    }
    const edit: Edit = { kind: 'Deployment', name: victim.name, patch: { spec: { replicas: victim.replicas + 3 } } }
    return {
      images: imagesOf(application.components),
      manifests: [quota, ...application.components.flatMap(manifestsOf)],
      edits: [edit],
      culprit: { kind: 'ResourceQuota', name },
      field: 'spec.hard.pods',
      noticed: [victim.name],
    }
  },

  'refused-connection': ({ application, random }) => {
    const victim = aPart(application, random)
    const [front] = application.components
    const other = application.components.find(({ port, name }) => port !== undefined && name !== victim.name) ?? front
    const variable = variableFor(victim)
    if (!other.env.some(({ name }) => name === variable)) connect(other, victim)
    if (random.isHeads()) {
      victim.replicas = 0
      const placed = spoilt(application.components, victim, 'spec.replicas')
      return { ...placed, noticed: [other.name, victim.name] }
    }
    other.env = other.env.map((one) =>
      one.name === variable ? { name: variable, value: `http://${victim.name}:${victim.servicePort + 1000}` } : one,
    )
    const placed = spoilt(application.components, other, `env[${variable}]`)
    return { ...placed, noticed: [other.name] }
  },
}

/** What a program needs whose limit is too low: somewhat more, or several times as much. */
function needsOver(limit: number, random: Random): number {
  return Math.round((limit * random.whole(12, 55)) / 10) | 1
}

/** A program that serves others, and not the one in front. */
function aPart({ components }: Application, random: Random): Component {
  const [first, ...parts] = components.slice(1).filter(({ port }) => port !== undefined)
  return first === undefined ? components[0] : random.pick([first, ...parts])
}

function deployment({ name }: Component): Named {
  return { kind: 'Deployment', name }
}

function spoilt(components: readonly Component[], victim: Component, field: string): Placed {
  return {
    images: imagesOf(components),
    manifests: components.flatMap(manifestsOf),
    edits: [],
    culprit: deployment(victim),
    field,
    noticed: [victim.name],
  }
}

function changed(manifests: readonly Manifest[], { kind, name }: Named, change: (spec: object) => object): Manifest[] {
  return manifests.map((manifest) =>
    manifest.kind === kind && manifest.metadata.name === name
      ? { ...manifest, spec: change(manifest.spec as object) }
      : manifest,
  )
}

function relabelled(labels: Record<string, string>, value: string): Record<string, string> {
  return Object.fromEntries(Object.keys(labels).map((key) => [key, value]))
}
