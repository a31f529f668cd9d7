import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isApiStatusError } from '../api/values/api-status-error.ts'
import type { Program } from '../images/program.ts'
import { deploymentOf, type PlayedCluster, playCluster } from './played-cluster.fixture.ts'
import { keys } from './runtime/keys.ts'
import { conditionOf } from './runtime/pod-state.ts'
import type {
  CronJob,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Job,
  KubeObject,
  Pod,
  ReplicaSet,
  StatefulSet,
} from './runtime/shapes.ts'

const minute = 60_000
let played: PlayedCluster

beforeEach(async () => {
  played = await playCluster()
})
afterEach(() => {
  played.stop()
  expect(played.bugs).toEqual([])
})

function create<T extends KubeObject>(key: string, body: object): T {
  return played.client.create<T>(key, 'shop', body)
}

/** A Deployment of an image whose program is known, with the one tag that there is of it. */
function running(name: string, program: Program, workload: Parameters<typeof deploymentOf>[1] = {}): object {
  const image = `shop/${name}`
  played.cluster.registry.add([{ name: image, tags: ['1'], program }])
  return deploymentOf(name, { ...workload, image: `${image}:1` })
}

function deployment(name: string): Deployment {
  const found = played.client.get<Deployment>(keys.deployments, 'shop', name)
  if (found === undefined) throw new Error(`no Deployment ${name}`)
  return found
}

function setImage(name: string, image: string): void {
  played.client.change<Deployment>(keys.deployments, deployment(name), ({ spec }) => {
    for (const container of spec.template.spec.containers) container.image = image
  })
}

function statusOf(pod: Pod | undefined) {
  return pod?.status.containerStatuses?.[0]
}

describe('a Deployment', () => {
  test('runs its pods, and rolls to another template without ever having too few', async () => {
    create(keys.deployments, deploymentOf('web', { replicas: 4 }))
    await played.clock.pass(5_000)
    expect(deployment('web').status).toMatchObject({ readyReplicas: 4, availableReplicas: 4, updatedReplicas: 4 })
    setImage('web', 'shop/app:2')
    for (let step = 0; step < 40; step++) {
      await played.clock.pass(100)
      expect(deployment('web').status.availableReplicas).toBeGreaterThanOrEqual(3)
      expect(played.pods('web').filter(({ metadata }) => !metadata.deletionTimestamp).length).toBeLessThanOrEqual(5)
    }
    expect(played.pods('web').map(({ spec }) => spec.containers[0]?.image)).toEqual(Array(4).fill('shop/app:2'))
    expect(conditionOf(deployment('web'), 'Progressing')).toMatchObject({
      reason: 'NewReplicaSetAvailable',
      status: 'True',
    })
    const revisions = played.client
      .list<ReplicaSet>(keys.replicaSets, 'shop')
      .map(({ metadata, spec }) => [metadata.annotations?.['deployment.kubernetes.io/revision'], spec.replicas])
    expect(revisions.toSorted()).toEqual([
      ['1', 0],
      ['2', 4],
    ])
  })

  test('stays with the pods it has when the image of the next template cannot be pulled, and says so in time', async () => {
    create(keys.deployments, running('web', {}, { replicas: 2, spec: { progressDeadlineSeconds: 60 } }))
    await played.clock.pass(3_000)
    setImage('web', 'shop/web:nope')
    await played.clock.pass(30_000)
    const stuck = played.pods('web').find(({ spec }) => spec.containers[0]?.image === 'shop/web:nope')
    expect(statusOf(stuck)?.state.waiting?.reason).toBe('ImagePullBackOff')
    expect(played.events('Failed')).toContain('Error: ErrImagePull')
    expect(deployment('web').status).toMatchObject({ availableReplicas: 2, updatedReplicas: 1 })
    await played.clock.pass(minute)
    expect(conditionOf(deployment('web'), 'Progressing')).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
    })
    setImage('web', 'shop/web:1')
    await played.clock.pass(5_000)
    expect(deployment('web').status).toMatchObject({ availableReplicas: 2, updatedReplicas: 2 })
    expect(deployment('web').metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
  })

  test('goes with its ReplicaSets and pods', async () => {
    const made = create(keys.deployments, deploymentOf('web', { replicas: 2 }))
    await played.clock.pass(3_000)
    played.client.delete(keys.deployments, made)
    await played.clock.pass(5_000)
    expect(played.client.list(keys.replicaSets, 'shop')).toEqual([])
    expect(played.pods('web')).toEqual([])
  })
})

describe('a container', () => {
  test('that lacks a variable crashes again and again, later each time; with the variable it runs', async () => {
    const program = { needsEnv: ['DATABASE_URL'] }
    create(keys.deployments, running('api', program))
    await played.clock.pass(minute)
    const [pod] = played.pods('api')
    expect(statusOf(pod)).toMatchObject({
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    })
    const restarts = statusOf(pod)?.restartCount ?? 0
    expect(restarts).toBeGreaterThanOrEqual(2)
    expect(pod && played.logs(pod, true).join()).toContain('DATABASE_URL')
    await played.clock.pass(10 * minute)
    expect(statusOf(played.pods('api')[0])?.restartCount).toBeLessThan(restarts + 6)
    played.client.change<Deployment>(keys.deployments, deployment('api'), ({ spec }) => {
      for (const container of spec.template.spec.containers)
        container.env = [{ name: 'DATABASE_URL', value: 'postgres://db' }]
    })
    await played.clock.pass(5_000)
    expect(deployment('api').status.readyReplicas).toBe(1)
  })

  test('that takes more memory than its limit is killed for it', async () => {
    const container = { resources: { limits: { memory: '64Mi' } } }
    create(keys.deployments, running('cache', { memory: '180Mi' }, { container }))
    await played.clock.pass(20_000)
    expect(statusOf(played.pods('cache')[0])?.lastState.terminated).toMatchObject({
      exitCode: 137,
      reason: 'OOMKilled',
    })
  })

  test.each([
    [
      'a ConfigMap that is not there',
      { configMapKeyRef: { name: 'settings', key: 'mode' } },
      'configmap "settings" not found',
    ],
    ['a Secret that is not there', { secretKeyRef: { name: 'keys', key: 'api' } }, 'secret "keys" not found'],
  ])('that refers to %s waits for it, and starts when it comes', async (_what, valueFrom, message) => {
    create(keys.deployments, deploymentOf('api', { container: { env: [{ name: 'X', valueFrom }] } }))
    await played.clock.pass(5_000)
    const waiting = { reason: 'CreateContainerConfigError', message }
    expect(statusOf(played.pods('api')[0])?.state.waiting).toEqual(waiting)
    create(keys.configMaps, { metadata: { name: 'settings' }, data: { mode: 'x' } })
    create(keys.secrets, { metadata: { name: 'keys' }, stringData: { api: 'x' } })
    await played.clock.pass(2_000)
    expect(deployment('api').status.readyReplicas).toBe(1)
  })

  test('whose readiness probe asks another port than it serves is never ready', async () => {
    const probe = (port: number) => ({ readinessProbe: { httpGet: { port }, periodSeconds: 5 } })
    create(keys.deployments, running('web', { listens: 8080 }, { container: probe(9999) }))
    create(keys.deployments, running('good', { listens: 8080 }, { container: probe(8080) }))
    await played.clock.pass(20_000)
    expect(deployment('web').status.readyReplicas).toBeUndefined()
    expect(deployment('good').status.readyReplicas).toBe(1)
    expect(played.events('Unhealthy').join()).toMatch(
      /Readiness probe failed: Get "http:\/\/[\d.]+:9999\/": dial tcp .* connection refused/,
    )
  })

  test('whose liveness probe fails is started again', async () => {
    const container = { livenessProbe: { tcpSocket: { port: 1 }, periodSeconds: 5, failureThreshold: 2 } }
    create(keys.deployments, running('web', { listens: 8080 }, { container }))
    await played.clock.pass(30_000)
    expect(statusOf(played.pods('web')[0])?.restartCount).toBeGreaterThan(0)
    expect(played.events('Killing').join()).toContain('failed liveness probe, will be restarted')
  })
})

describe('a call of another Service', () => {
  const container = {
    env: [{ name: 'BACK', value: 'http://back:8080' }],
    readinessProbe: { httpGet: { port: 80 }, periodSeconds: 5 },
  }
  const service = (spec: object) => ({
    metadata: { name: 'back' },
    spec: { selector: { app: 'back' }, ports: [{ port: 8080 }], ...spec },
  })

  test.each([
    ['whose selector matches nothing', { selector: { app: 'bakc' } }],
    ['whose target port nobody listens on', { ports: [{ port: 8080, targetPort: 9090 }] }],
    ['that does not have the port', { ports: [{ port: 80, targetPort: 8080 }] }],
  ])('%s is refused, and heard of in the log; mended, it is let in', async (_what, spec) => {
    create(keys.deployments, running('back', { listens: 8080 }))
    const made = create<KubeObject & { spec: object }>(keys.services, service(spec))
    create(keys.deployments, running('front', { listens: 80, calls: ['BACK'] }, { container }))
    await played.clock.pass(20_000)
    const [front] = played.pods('front')
    expect(front && played.logs(front).join('\n')).toContain('connect ECONNREFUSED back:8080 (BACK)')
    expect(deployment('front').status.readyReplicas).toBeUndefined()
    played.client.change<typeof made>(keys.services, made, (object) => {
      Object.assign(object.spec, service({}).spec, { ports: [{ port: 8080, targetPort: 8080 }] })
    })
    await played.clock.pass(20_000)
    expect(deployment('front').status.readyReplicas).toBe(1)
  })
})

test('a pod that asks for more than any node has is not placed, and the event counts why', async () => {
  create(keys.deployments, deploymentOf('huge', { container: { resources: { requests: { cpu: '64' } } } }))
  await played.clock.pass(5_000)
  expect(played.pods('huge')[0]).toMatchObject({ status: { phase: 'Pending' } })
  expect(played.events('FailedScheduling').join()).toMatch(/^0\/3 nodes are available: 3 Insufficient cpu\./)
})

test('a quota keeps pods from being made, and the ReplicaSet and its Deployment say so', async () => {
  create(keys.quotas, { metadata: { name: 'few' }, spec: { hard: { pods: '1' } } })
  create(keys.deployments, deploymentOf('web', { replicas: 3 }))
  await played.clock.pass(5_000)
  expect(played.pods('web')).toHaveLength(1)
  const failure = conditionOf(deployment('web'), 'ReplicaFailure')
  expect(failure?.message).toMatch(/exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1/)
  const quota = played.client.get<KubeObject & { status: object }>(keys.quotas, 'shop', 'few')
  expect(quota?.status).toEqual({ hard: { pods: '1' }, used: { pods: '1' } })
})

describe('a Job', () => {
  const jobOf = (code: number) => ({
    metadata: { name: 'task' },
    spec: {
      backoffLimit: 2,
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [{ name: 'app', image: 'task:1', command: ['sh', '-c', `exit ${code}`] }],
        },
      },
    },
  })
  const status = () => played.client.get<Job>(keys.jobs, 'shop', 'task')?.status

  test('is complete when its pod has succeeded', async () => {
    create(keys.jobs, jobOf(0))
    await played.clock.pass(5_000)
    expect(status()).toMatchObject({
      succeeded: 1,
      conditions: expect.arrayContaining([expect.objectContaining({ type: 'Complete' })]),
    })
  })

  test('fails when it has been tried too often', async () => {
    create(keys.jobs, jobOf(3))
    await played.clock.pass(5 * minute)
    expect(status()).toMatchObject({ failed: 3 })
    expect(status()?.conditions?.find(({ type }) => type === 'Failed')).toMatchObject({
      reason: 'BackoffLimitExceeded',
    })
  })

  test('is made by a CronJob at its times', async () => {
    const { spec } = jobOf(0)
    create(keys.cronJobs, { metadata: { name: 'nightly' }, spec: { schedule: '*/5 * * * *', jobTemplate: { spec } } })
    await played.clock.pass(11 * minute)
    expect(played.client.list<Job>(keys.jobs, 'shop')).toHaveLength(2)
    expect(played.client.get<CronJob>(keys.cronJobs, 'shop', 'nightly')?.status.lastScheduleTime).toBe(
      '2026-01-01T00:10:00Z',
    )
  })
})

test('a StatefulSet makes its pods one after the other, with their claims', async () => {
  const { spec } = deploymentOf('db', { replicas: 2 }) as {
    spec: { replicas: number; selector: object; template: object }
  }
  const claim = {
    metadata: { name: 'disk' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
  create(keys.statefulSets, {
    metadata: { name: 'db' },
    spec: { ...spec, serviceName: 'db', volumeClaimTemplates: [claim] },
  })
  await played.clock.pass(50)
  expect(played.pods('db').map(({ metadata }) => metadata.name)).toEqual(['db-0'])
  await played.clock.pass(5_000)
  expect(played.pods('db').map(({ metadata }) => metadata.name)).toEqual(['db-0', 'db-1'])
  expect(played.client.get<StatefulSet>(keys.statefulSets, 'shop', 'db')?.status).toMatchObject({
    readyReplicas: 2,
    updatedReplicas: 2,
  })
  const claims = played.client.list<KubeObject & { status: { phase: string } }>(keys.claims, 'shop')
  expect(claims.map(({ metadata, status }) => [metadata.name, status.phase])).toEqual([
    ['disk-db-0', 'Bound'],
    ['disk-db-1', 'Bound'],
  ])
})

test('a DaemonSet has a pod on every node, whether it takes others or not', async () => {
  const { spec } = deploymentOf('agent') as { spec: { selector: object; template: object } }
  const [node] = played.client.list<KubeObject & { spec: { unschedulable?: boolean } }>(keys.nodes)
  if (node) {
    played.client.change<typeof node>(keys.nodes, node, (object) => {
      object.spec.unschedulable = true
    })
  }
  create(keys.daemonSets, { metadata: { name: 'agent' }, spec: { selector: spec.selector, template: spec.template } })
  create(keys.deployments, deploymentOf('web', { replicas: 4 }))
  await played.clock.pass(5_000)
  expect(played.client.get<DaemonSet>(keys.daemonSets, 'shop', 'agent')?.status).toMatchObject({ numberReady: 3 })
  expect(new Set(played.pods('web').map((pod) => pod.spec.nodeName))).toEqual(new Set(['node-2', 'node-3']))
})

test('a Service has the ready pods behind it, with the numbers of their named ports', async () => {
  create(
    keys.deployments,
    deploymentOf('web', { replicas: 2, container: { ports: [{ name: 'http', containerPort: 8080 }] } }),
  )
  create(keys.services, {
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
  })
  await played.clock.pass(5_000)
  const [slice] = played.client.list<EndpointSlice>(keys.slices, 'shop')
  expect(slice?.ports).toEqual([{ name: '', port: 8080, protocol: 'TCP' }])
  expect(slice?.endpoints.map(({ conditions }) => conditions.ready)).toEqual([true, true])
})

test('a namespace that is deleted goes with all that is in it, and takes nothing new', async () => {
  create(keys.deployments, deploymentOf('web', { replicas: 2 }))
  await played.clock.pass(3_000)
  const namespace = played.client.get(keys.namespaces, '', 'shop')
  if (namespace) played.client.delete(keys.namespaces, namespace)
  let refusal: unknown
  try {
    create(keys.configMaps, { metadata: { name: 'late' } })
  } catch (error) {
    refusal = error
  }
  expect(isApiStatusError(refusal, 403)).toBe(true)
  await played.clock.pass(10_000)
  expect(played.client.get(keys.namespaces, '', 'shop')).toBeUndefined()
  expect(played.pods('')).toEqual([])
})

test('what has an owner goes when that is gone, and stays when nobody knows the kind of it', async () => {
  const uid = '2f1c5a4e-0000-4000-8000-000000000000'
  const ownedBy = (apiVersion: string, kind: string) => ({
    metadata: { name: kind.toLowerCase(), ownerReferences: [{ apiVersion, kind, name: 'gone', uid }] },
  })
  create(keys.configMaps, ownedBy('apps/v1', 'StatefulSet'))
  create(keys.configMaps, ownedBy('example.com/v1', 'Shop'))
  await played.clock.pass(5_000)
  const left = played.client.list(keys.configMaps, 'shop').map(({ metadata }) => metadata.name)
  expect(left.filter((name) => name !== 'kube-root-ca.crt')).toEqual(['shop'])
})

test('a Deployment that nobody changes stays at its first generation', async () => {
  create(keys.deployments, deploymentOf('web'))
  await played.clock.pass(5_000)
  const { metadata, status } = deployment('web')
  expect(metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '1' })
  expect([metadata.generation, status.observedGeneration]).toEqual([1, 1])
})

test('events are forgotten an hour after they came last, whenever they say that was', async () => {
  create(keys.deployments, deploymentOf('web'))
  const about = { involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web' }, reason: 'Old' }
  create(keys.events, { metadata: { name: 'old', namespace: 'shop' }, ...about, lastTimestamp: '2020-01-01T00:00:00Z' })
  await played.clock.pass(5_000)
  expect(played.events('Started')).toHaveLength(1)
  expect(played.client.get(keys.events, 'shop', 'old')).toBeDefined()
  await played.clock.pass(61 * minute)
  expect(played.client.list(keys.events)).toEqual([])
})
