/** The parts of objects that the controllers look at. */

export type Owner = {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}
export type Metadata = {
  name: string
  namespace: string
  uid: string
  resourceVersion: string
  generation?: number
  generateName?: string
  creationTimestamp: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: Owner[]
  managedFields?: { time: string }[]
}
export type Condition = {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason?: string
  message?: string
  lastTransitionTime?: string
  lastUpdateTime?: string
  lastProbeTime?: string | null
  observedGeneration?: number
}
export type KubeObject = { apiVersion: string; kind: string; metadata: Metadata }
export type LabelSelector = {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}
export type PodTemplate = { metadata: Partial<Metadata>; spec: PodSpec }

export type KeyReference = { name?: string; key: string; optional?: boolean }
export type EnvVar = {
  name: string
  value?: string
  valueFrom?: {
    configMapKeyRef?: KeyReference
    secretKeyRef?: KeyReference
    fieldRef?: { fieldPath: string }
    resourceFieldRef?: { resource: string }
  }
}
export type Probe = {
  httpGet?: { path?: string; port: number | string; scheme?: string }
  tcpSocket?: { port: number | string }
  exec?: { command?: string[] }
  grpc?: { port: number }
  initialDelaySeconds?: number
  timeoutSeconds: number
  periodSeconds: number
  successThreshold: number
  failureThreshold: number
}
export type Resources = { requests?: Record<string, string>; limits?: Record<string, string> }
export type Container = {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  restartPolicy?: string
  imagePullPolicy?: string
  env?: EnvVar[]
  envFrom?: {
    prefix?: string
    configMapRef?: { name?: string; optional?: boolean }
    secretRef?: { name?: string; optional?: boolean }
  }[]
  ports?: { name?: string; containerPort: number; protocol?: string }[]
  resources?: Resources
  livenessProbe?: Probe
  readinessProbe?: Probe
  startupProbe?: Probe
}
export type Volume = {
  name: string
  configMap?: { name?: string; optional?: boolean; items?: { key: string }[] }
  secret?: { secretName?: string; optional?: boolean; items?: { key: string }[] }
  persistentVolumeClaim?: { claimName: string }
  projected?: unknown
}
export type Toleration = { key?: string; operator?: string; value?: string; effect?: string }
export type NodeTerm = {
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
  matchFields?: { key: string; operator: string; values?: string[] }[]
}
export type PodSpec = {
  containers: Container[]
  initContainers?: Container[]
  volumes?: Volume[]
  restartPolicy: 'Always' | 'OnFailure' | 'Never'
  nodeName?: string
  nodeSelector?: Record<string, string>
  schedulerName?: string
  hostNetwork?: boolean
  tolerations?: Toleration[]
  terminationGracePeriodSeconds?: number
  activeDeadlineSeconds?: number
  affinity?: {
    nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: NodeTerm[] } }
    podAntiAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: { labelSelector?: LabelSelector; topologyKey: string }[]
    }
  }
  [other: string]: unknown
}
export type Ended = { exitCode: number; reason: string; startedAt: string; finishedAt: string; containerID: string }
export type ContainerState = {
  waiting?: { reason: string; message?: string }
  running?: { startedAt: string }
  terminated?: Ended
}
export type ContainerStatus = {
  name: string
  state: ContainerState
  lastState: ContainerState
  ready: boolean
  started?: boolean
  restartCount: number
  image: string
  imageID: string
  containerID?: string
}
export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'
export type PodStatus = {
  phase: PodPhase
  conditions?: Condition[]
  hostIP?: string
  hostIPs?: { ip: string }[]
  podIP?: string
  podIPs?: { ip: string }[]
  startTime?: string
  reason?: string
  message?: string
  qosClass?: string
  observedGeneration?: number
  containerStatuses?: ContainerStatus[]
  initContainerStatuses?: ContainerStatus[]
}
export type Pod = KubeObject & { spec: PodSpec; status: PodStatus }

export type ReplicaSet = KubeObject & {
  spec: { replicas: number; minReadySeconds?: number; selector: LabelSelector; template: PodTemplate }
  status: {
    replicas: number
    fullyLabeledReplicas?: number
    readyReplicas?: number
    availableReplicas?: number
    observedGeneration?: number
    conditions?: Condition[]
  }
}
export type Deployment = KubeObject & {
  spec: {
    replicas: number
    minReadySeconds?: number
    paused?: boolean
    revisionHistoryLimit: number
    progressDeadlineSeconds: number
    selector: LabelSelector
    template: PodTemplate
    strategy: { type: string; rollingUpdate?: { maxSurge: number | string; maxUnavailable: number | string } }
  }
  status: {
    observedGeneration?: number
    replicas?: number
    updatedReplicas?: number
    readyReplicas?: number
    availableReplicas?: number
    unavailableReplicas?: number
    conditions?: Condition[]
  }
}
export type StatefulSet = KubeObject & {
  spec: {
    replicas: number
    minReadySeconds?: number
    serviceName?: string
    podManagementPolicy: string
    revisionHistoryLimit: number
    selector: LabelSelector
    template: PodTemplate
    updateStrategy: { type: string; rollingUpdate?: { partition?: number } }
    volumeClaimTemplates?: (KubeObject & { spec: unknown })[]
  }
  status: Record<string, unknown> & { currentRevision?: string; updateRevision?: string }
}
export type DaemonSet = KubeObject & {
  spec: {
    minReadySeconds?: number
    revisionHistoryLimit: number
    selector: LabelSelector
    template: PodTemplate
    updateStrategy: { type: string; rollingUpdate?: { maxUnavailable: number | string } }
  }
  status: Record<string, unknown>
}
export type Job = KubeObject & {
  spec: {
    parallelism: number
    completions?: number
    backoffLimit: number
    activeDeadlineSeconds?: number
    ttlSecondsAfterFinished?: number
    suspend?: boolean
    template: PodTemplate
    selector?: LabelSelector
  }
  status: {
    active?: number
    ready?: number
    succeeded?: number
    failed?: number
    terminating?: number
    startTime?: string
    completionTime?: string
    conditions?: Condition[]
    uncountedTerminatedPods?: unknown
  }
}
export type CronJob = KubeObject & {
  spec: {
    schedule: string
    timeZone?: string
    concurrencyPolicy: string
    suspend?: boolean
    successfulJobsHistoryLimit: number
    failedJobsHistoryLimit: number
    jobTemplate: { metadata?: Partial<Metadata>; spec: Job['spec'] }
  }
  status: { active?: unknown[]; lastScheduleTime?: string; lastSuccessfulTime?: string }
}
export type ServicePort = {
  name?: string
  port: number
  targetPort: number | string
  protocol: string
  appProtocol?: string
}
export type Service = KubeObject & {
  spec: {
    type: string
    clusterIP?: string
    selector?: Record<string, string>
    ports?: ServicePort[]
    publishNotReadyAddresses?: boolean
    externalName?: string
  }
}
export type Endpoint = {
  addresses: string[]
  conditions: { ready?: boolean; serving?: boolean; terminating?: boolean }
  targetRef?: { kind: string; name: string; namespace: string; uid: string }
  nodeName?: string
}
export type EndpointSlice = KubeObject & {
  addressType: string
  endpoints: Endpoint[]
  ports?: { name?: string; port?: number; protocol?: string }[]
}
export type Node = KubeObject & {
  spec: { unschedulable?: boolean; taints?: { key: string; value?: string; effect: string }[]; podCIDR?: string }
  status: {
    capacity?: Record<string, string>
    allocatable?: Record<string, string>
    conditions?: Condition[]
    addresses?: { type: string; address: string }[]
  }
}
export type ConfigMap = KubeObject & { data?: Record<string, string>; binaryData?: Record<string, string> }
export type Secret = KubeObject & { data?: Record<string, string> }
