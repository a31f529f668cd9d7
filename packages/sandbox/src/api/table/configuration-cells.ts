import type { Clock } from '../../clock.ts'
import { isObject, type Json, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { ageOf } from './age.ts'
import type { Cells } from './cells.ts'

const createdAt: Cells = (object) => ({ 'Created At': textAt(object, 'metadata', 'creationTimestamp') ?? '' })

const binding: Cells = (object) => {
  const subjects = listAt(object, 'subjects')
  const named = (kind: string) => subjects.filter((each) => textAt(each, 'kind') === kind)
  const names = (kind: string) => named(kind).map((each) => textAt(each, 'name') ?? '')
  return {
    Role: `${textAt(object, 'roleRef', 'kind')}/${textAt(object, 'roleRef', 'name')}`,
    Users: names('User').join(', '),
    Groups: names('Group').join(', '),
    ServiceAccounts: named('ServiceAccount')
      .map((each) => `${textAt(each, 'namespace')}/${textAt(each, 'name')}`)
      .join(', '),
  }
}

export const configurationCells: Record<string, Cells> = {
  configmaps: (object) => ({ Data: sizeOf(object.data) + sizeOf(object.binaryData) }),
  secrets: (object) => ({ Type: textAt(object, 'type') ?? '', Data: sizeOf(object.data) }),
  namespaces: (object) => ({ Status: textAt(object, 'status', 'phase') ?? '' }),
  limitranges: createdAt,
  resourcequotas: (object) => quotaCells(object),
  persistentvolumeclaims: (object) => ({
    Status: textAt(object, 'metadata', 'deletionTimestamp') ? 'Terminating' : (textAt(object, 'status', 'phase') ?? ''),
    Volume: textAt(object, 'spec', 'volumeName') ?? '',
    Capacity: textAt(object, 'status', 'capacity', 'storage') ?? '',
    'Access Modes': accessModes(listAt(object, 'status', 'accessModes')),
    StorageClass: textAt(object, 'spec', 'storageClassName') ?? '',
    VolumeAttributesClass: textAt(object, 'spec', 'volumeAttributesClassName') ?? '<unset>',
    VolumeMode: textAt(object, 'spec', 'volumeMode') ?? '<unset>',
  }),
  persistentvolumes: (object) => ({
    Capacity: textAt(object, 'spec', 'capacity', 'storage') ?? '',
    'Access Modes': accessModes(listAt(object, 'spec', 'accessModes')),
    'Reclaim Policy': textAt(object, 'spec', 'persistentVolumeReclaimPolicy') ?? '',
    Status: textAt(object, 'metadata', 'deletionTimestamp') ? 'Terminating' : (textAt(object, 'status', 'phase') ?? ''),
    Claim: textAt(object, 'spec', 'claimRef', 'name')
      ? `${textAt(object, 'spec', 'claimRef', 'namespace')}/${textAt(object, 'spec', 'claimRef', 'name')}`
      : '',
    StorageClass: textAt(object, 'spec', 'storageClassName') ?? '',
    VolumeAttributesClass: textAt(object, 'spec', 'volumeAttributesClassName') ?? '<unset>',
    Reason: textAt(object, 'status', 'reason') ?? '',
    VolumeMode: textAt(object, 'spec', 'volumeMode') ?? '<unset>',
  }),
  nodes: (object) => nodeCells(object),
  events: (object, clock) => eventCells(object, clock),
  'autoscaling/horizontalpodautoscalers': (object) => ({
    Reference: `${textAt(object, 'spec', 'scaleTargetRef', 'kind')}/${textAt(object, 'spec', 'scaleTargetRef', 'name')}`,
    Targets: listAt(object, 'spec', 'metrics').map(targetText).join(', ') || '<none>',
    MinPods: String(numberAt(object, 'spec', 'minReplicas') ?? '<unset>'),
    MaxPods: numberAt(object, 'spec', 'maxReplicas') ?? 0,
    Replicas: numberAt(object, 'status', 'currentReplicas') ?? 0,
  }),
  'policy/poddisruptionbudgets': (object) => ({
    'Min Available': String(objectAt(object, 'spec').minAvailable ?? 'N/A'),
    'Max Unavailable': String(objectAt(object, 'spec').maxUnavailable ?? 'N/A'),
    'Allowed Disruptions': numberAt(object, 'status', 'disruptionsAllowed') ?? 0,
  }),
  'rbac.authorization.k8s.io/clusterroles': createdAt,
  'rbac.authorization.k8s.io/roles': createdAt,
  'rbac.authorization.k8s.io/clusterrolebindings': binding,
  'rbac.authorization.k8s.io/rolebindings': binding,
  'apiextensions.k8s.io/customresourcedefinitions': createdAt,
  'storage.k8s.io/storageclasses': (object) => ({
    Name:
      textAt(object, 'metadata', 'annotations', 'storageclass.kubernetes.io/is-default-class') === 'true'
        ? `${textAt(object, 'metadata', 'name')} (default)`
        : (textAt(object, 'metadata', 'name') ?? ''),
    Provisioner: textAt(object, 'provisioner') ?? '',
    ReclaimPolicy: textAt(object, 'reclaimPolicy') ?? '',
    VolumeBindingMode: textAt(object, 'volumeBindingMode') ?? '',
    AllowVolumeExpansion: object.allowVolumeExpansion === true,
  }),
  'scheduling.k8s.io/priorityclasses': (object) => ({
    Value: numberAt(object, 'value') ?? 0,
    'Global-Default': object.globalDefault === true,
    PreemptionPolicy: textAt(object, 'preemptionPolicy') ?? '',
  }),
  'coordination.k8s.io/leases': (object) => ({ Holder: textAt(object, 'spec', 'holderIdentity') ?? '' }),
}

function sizeOf(value: Json | undefined): number {
  return isObject(value) ? Object.keys(value).length : 0
}

const modes: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

function accessModes(given: readonly Json[]): string {
  return Object.keys(modes)
    .filter((mode) => given.includes(mode))
    .map((mode) => modes[mode])
    .join(',')
}

function quotaCells(quota: JsonObject): Record<string, Json> {
  const hard = objectAt(quota, 'status', 'hard')
  const used = objectAt(quota, 'status', 'used')
  const texts = Object.keys(hard)
    .toSorted()
    .map((name) => ({ name, text: `${name}: ${String(used[name] ?? '0')}/${String(hard[name])}` }))
  const joined = (isLimit: boolean) =>
    texts
      .filter(({ name }) => /^limits\./.test(name) === isLimit)
      .map(({ text }) => text)
      .join(', ')
  return { Request: joined(false), Limit: joined(true) }
}

function nodeCells(node: JsonObject): Record<string, Json> {
  const ready = listAt(node, 'status', 'conditions').find((each) => textAt(each, 'type') === 'Ready')
  const isReady = textAt(ready, 'status') === 'True'
  const status = ready === undefined ? 'Unknown' : isReady ? 'Ready' : 'NotReady'
  const roles = Object.keys(objectAt(node, 'metadata', 'labels')).flatMap((label) =>
    label.startsWith('node-role.kubernetes.io/') ? [label.slice('node-role.kubernetes.io/'.length)] : [],
  )
  const address = (type: string) =>
    textAt(
      listAt(node, 'status', 'addresses').find((each) => textAt(each, 'type') === type),
      'address',
    ) ?? '<none>'
  const info = objectAt(node, 'status', 'nodeInfo')
  return {
    Status: objectAt(node, 'spec').unschedulable === true ? `${status},SchedulingDisabled` : status,
    Roles: roles.toSorted().join(',') || '<none>',
    Version: textAt(info, 'kubeletVersion') ?? '',
    'Internal-IP': address('InternalIP'),
    'External-IP': address('ExternalIP'),
    'OS-Image': textAt(info, 'osImage') || '<unknown>',
    'Kernel-Version': textAt(info, 'kernelVersion') || '<unknown>',
    'Container-Runtime': textAt(info, 'containerRuntimeVersion') || '<unknown>',
  }
}

function eventCells(event: JsonObject, clock: Clock): Record<string, Json> {
  const first = textAt(event, 'firstTimestamp') ?? textAt(event, 'eventTime')
  const last = textAt(event, 'lastTimestamp') ?? first
  const involved = objectAt(event, 'involvedObject')
  const source = [
    textAt(event, 'source', 'component') || textAt(event, 'reportingComponent'),
    textAt(event, 'source', 'host'),
  ]
  return {
    'Last Seen': ageOf(last, clock),
    Type: textAt(event, 'type') ?? '',
    Reason: textAt(event, 'reason') ?? '',
    Object: `${(textAt(involved, 'kind') ?? '').toLowerCase()}/${textAt(involved, 'name') ?? ''}`,
    Subobject: textAt(involved, 'fieldPath') ?? '',
    Source: source.filter(Boolean).join(', '),
    Message: (textAt(event, 'message') ?? '').trim(),
    'First Seen': ageOf(first, clock),
    Count: numberAt(event, 'count') ?? numberAt(event, 'series', 'count') ?? 1,
  }
}

function targetText(metric: Json): string {
  const name = textAt(metric, 'resource', 'name')
  const target = objectAt(metric, 'resource', 'target')
  return name === undefined ? '<unknown>' : `${name}: <unknown>/${numberAt(target, 'averageUtilization') ?? 80}%`
}
