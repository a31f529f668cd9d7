import type { KubeObject } from '../../../effect/kube-object.ts'
import type { KubeContext } from '../../../kube/kube-context.ts'
import { podResource } from '../../../kube/workloads/workload-pods.ts'
import { conditionTable } from '../../../output/condition-table.ts'
import { fields, type Lines, outline, partOf, section } from '../../../output/report.ts'
import { type Layout, partsOf } from './layout.ts'

type ClaimSpec = {
  storageClassName: string
  volumeName: string
  accessModes: string[]
  volumeMode: string
  resources: { requests?: { storage?: string } }
}
type ClaimStatus = { phase: string; capacity: { storage?: string } }

export const claimLayout: Layout = async (object, context) => {
  const { spec, status } = partsOf<ClaimSpec, ClaimStatus>(object)
  return [
    ...fields([
      ['Status', status.phase],
      ['Volume', spec.volumeName ?? null],
      ['Storage class', spec.storageClassName ?? null],
      ['Requested', spec.resources?.requests?.storage],
      ['Capacity', status.capacity?.storage],
      ['Access modes', spec.accessModes],
      ['Volume mode', spec.volumeMode],
    ]),
    ...conditionTable(status),
    ...(await partOf('Used by', usersOf(object, context))),
  ]
}

async function usersOf({ metadata: { name, namespace } }: KubeObject, { kube }: KubeContext): Promise<Lines> {
  const { items } = await kube.list(await podResource(kube), { namespace })
  const users = items.filter(({ spec }) => {
    const { volumes = [] } = (spec ?? {}) as { volumes?: { persistentVolumeClaim?: { claimName: string } }[] }
    return volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === name)
  })
  return fields([['Used by', users.map(({ metadata }) => `pod/${metadata.name}`)]])
}

type VolumeSpec = {
  storageClassName: string
  persistentVolumeReclaimPolicy: string
  accessModes: string[]
  volumeMode: string
  capacity: { storage?: string }
  claimRef: { namespace: string; name: string }
  [source: string]: unknown
}
const knownFields = [
  'storageClassName',
  'persistentVolumeReclaimPolicy',
  'accessModes',
  'volumeMode',
  'capacity',
  'claimRef',
]

export const volumeLayout: Layout = (object) => {
  const { spec, status } = partsOf<VolumeSpec, { phase: string; reason: string; message: string }>(object)
  const source = Object.fromEntries(Object.entries(spec).filter(([field]) => !knownFields.includes(field)))
  return [
    ...fields([
      ['Status', status.phase],
      ['Reason', status.reason],
      ['Message', status.message],
      ['Claim', spec.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : null],
      ['Storage class', spec.storageClassName ?? null],
      ['Reclaim policy', spec.persistentVolumeReclaimPolicy],
      ['Access modes', spec.accessModes],
      ['Volume mode', spec.volumeMode],
      ['Capacity', spec.capacity?.storage],
    ]),
    ...section('Source', outline(source)),
  ]
}

export const storageClassLayout: Layout = (object) => [
  ...fields([
    ['Default', object.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'],
    ['Provisioner', object.provisioner],
    ['Parameters', object.parameters ?? null],
    ['Reclaim policy', object.reclaimPolicy],
    ['Binding mode', object.volumeBindingMode],
    ['Expansion', object.allowVolumeExpansion ?? false],
    ['Mount options', object.mountOptions],
  ]),
]
