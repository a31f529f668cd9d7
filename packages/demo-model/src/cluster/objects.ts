/** Kubernetes objects as far as the planner looks at them. Everything may be missing: the text comes from any cluster. */

export type Meta = {
  name: string
  namespace?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: { kind: string; name: string }[]
  creationTimestamp?: string
  deletionTimestamp?: string
}
export type Condition = { type: string; status: string; reason?: string; message?: string }
type KeyRef = { name?: string; key: string; optional?: boolean }
export type EnvVar = {
  name: string
  value?: string
  valueFrom?: { configMapKeyRef?: KeyRef; secretKeyRef?: KeyRef }
}
type Source = { name?: string; optional?: boolean }
export type Probe = {
  httpGet?: { path?: string; port: number | string }
  tcpSocket?: { port: number | string }
  grpc?: { port: number }
}
export type ContainerPort = { name?: string; containerPort: number }
export type Container = {
  name: string
  image?: string
  ports?: ContainerPort[]
  env?: EnvVar[]
  envFrom?: { configMapRef?: Source; secretRef?: Source }[]
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
  readinessProbe?: Probe
  livenessProbe?: Probe
  startupProbe?: Probe
}
export type PodSpec = {
  containers: Container[]
  initContainers?: Container[]
  nodeName?: string
  nodeSelector?: Record<string, string>
  volumes?: { name: string; configMap?: Source; secret?: { secretName?: string; optional?: boolean } }[]
  restartPolicy?: string
}
export type ContainerState = {
  waiting?: { reason?: string; message?: string }
  running?: { startedAt?: string }
  terminated?: { reason?: string; message?: string; exitCode?: number }
}
export type ContainerStatus = {
  name: string
  ready?: boolean
  restartCount?: number
  state?: ContainerState
  lastState?: ContainerState
}
export type Pod = {
  kind: 'Pod'
  metadata: Meta
  spec: PodSpec
  status?: {
    phase?: string
    reason?: string
    message?: string
    conditions?: Condition[]
    containerStatuses?: ContainerStatus[]
    initContainerStatuses?: ContainerStatus[]
  }
}
export type Template = { metadata?: { labels?: Record<string, string> }; spec: PodSpec }
export type Workload = {
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet'
  metadata: Meta
  spec: {
    replicas?: number
    paused?: boolean
    selector?: { matchLabels?: Record<string, string> }
    template: Template
  }
  status?: {
    replicas?: number
    updatedReplicas?: number
    readyReplicas?: number
    availableReplicas?: number
    desiredNumberScheduled?: number
    numberReady?: number
    conditions?: Condition[]
  }
}
export type ServicePort = { name?: string; port: number; targetPort?: number | string }
export type Service = {
  kind: 'Service'
  metadata: Meta
  spec: { type?: string; selector?: Record<string, string>; ports?: ServicePort[] }
}
export type EndpointSlice = {
  kind: 'EndpointSlice'
  metadata: Meta
  endpoints?: { addresses?: string[]; conditions?: { ready?: boolean } }[] | null
  ports?: { name?: string; port?: number }[] | null
}
export type Job = {
  kind: 'Job'
  apiVersion: string
  metadata: Meta
  spec: {
    template: Template
    activeDeadlineSeconds?: number
    backoffLimit?: number
    completions?: number
    parallelism?: number
  }
  status?: { succeeded?: number; failed?: number; active?: number; conditions?: Condition[] }
}
export type CronJob = {
  kind: 'CronJob'
  metadata: Meta
  spec: { schedule: string; suspend?: boolean }
  status?: { lastScheduleTime?: string; lastSuccessfulTime?: string }
}
export type ConfigMap = { kind: 'ConfigMap' | 'Secret'; metadata: Meta; data?: Record<string, string> }
export type Quota = {
  kind: 'ResourceQuota'
  metadata: Meta
  spec?: { hard?: Record<string, string> }
  status?: { hard?: Record<string, string>; used?: Record<string, string> }
}
export type Node = {
  kind: 'Node'
  metadata: Meta
  spec?: { unschedulable?: boolean; taints?: { key: string; effect: string }[] }
  status?: { allocatable?: Record<string, string>; conditions?: Condition[] }
}
export type KubeObject = Pod | Workload | Service | EndpointSlice | Job | CronJob | ConfigMap | Quota | Node

export type Ref = { kind: string; namespace?: string; name: string }

export function refOf({ kind, metadata }: { kind: string; metadata: Meta }): Ref {
  return { kind, name: metadata.name, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) }
}

export function isKind<Kind extends KubeObject['kind']>(
  kind: Kind,
): (object: KubeObject) => object is KubeObject & { kind: Kind } {
  return (object): object is KubeObject & { kind: Kind } => object.kind === kind
}

export function isWorkload(object: KubeObject): object is Workload {
  return ['Deployment', 'StatefulSet', 'DaemonSet'].includes(object.kind)
}

/** Whether labels hold everything that a selector asks for; an empty selector selects nothing here. */
export function selects(selector: Record<string, string> | undefined, labels: Record<string, string> = {}): boolean {
  const pairs = Object.entries(selector ?? {})
  return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value)
}

export function conditionOf(object: { status?: { conditions?: Condition[] } }, type: string): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type)
}

/** Containers of a pod template, those that run first in front. */
export function containersOf({ initContainers = [], containers }: PodSpec): Container[] {
  return [...initContainers, ...(containers ?? [])]
}

export function statusesOf({ status }: Pod): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
}
