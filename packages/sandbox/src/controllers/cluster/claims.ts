import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { type Controller, itself } from '../runtime/run-controllers.ts'
import type { KubeObject, Pod } from '../runtime/shapes.ts'

type Claim = KubeObject & {
  spec: {
    accessModes?: string[]
    resources?: { requests?: Record<string, string> }
    storageClassName?: string
    volumeName?: string
  }
  status: { phase?: string }
}
const CLASS = 'standard'
const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class'
const PROTECTION = 'kubernetes.io/pvc-protection'

/** The class of the volumes that the sandbox makes. */
export function makeStorageClass(client: Client): void {
  if (client.list(keys.storageClasses).length > 0) return
  client.create(keys.storageClasses, '', {
    metadata: { name: CLASS, annotations: { [IS_DEFAULT]: 'true' } },
    provisioner: 'sandbox.fairlead.dev/volumes',
  })
}

/** Binds claims of the sandbox's class to volumes of their own, and lets unused ones go. */
export function claims(client: Client): Controller {
  return {
    name: 'persistentvolume',
    wakes(event) {
      if (event.resource === keys.claims) return itself(event)
      if (event.resource !== keys.pods || event.type !== 'DELETED') return []
      return (
        (event.object as unknown as Pod).spec.volumes?.flatMap(({ persistentVolumeClaim }) =>
          persistentVolumeClaim ? [`${event.namespace}/${persistentVolumeClaim.claimName}`] : [],
        ) ?? []
      )
    },
    reconcile(namespace, name) {
      const claim = client.get<Claim>(keys.claims, namespace, name)
      if (claim === undefined) return undefined
      if (claim.metadata.deletionTimestamp !== undefined) letGo(client, claim)
      else if (!claim.spec.volumeName) bind(client, claim)
      return undefined
    },
  }
}

function letGo(client: Client, claim: Claim): void {
  const isUsed = client
    .list<Pod>(keys.pods, claim.metadata.namespace)
    .some(({ spec }) => spec.volumes?.some((each) => each.persistentVolumeClaim?.claimName === claim.metadata.name))
  if (isUsed) return
  client.change<Claim>(keys.claims, claim, ({ metadata }) => {
    metadata.finalizers = metadata.finalizers?.filter((each) => each !== PROTECTION)
  })
  const volume = claim.spec.volumeName && client.get(keys.volumes, '', claim.spec.volumeName)
  if (volume) client.delete(keys.volumes, volume)
}

function bind(client: Client, claim: Claim): void {
  const { storageClassName, accessModes = [], resources } = claim.spec
  if (storageClassName === undefined || client.get(keys.storageClasses, '', storageClassName) === undefined) return
  const capacity = { storage: resources?.requests?.storage ?? '1Gi' }
  const name = `pvc-${claim.metadata.uid}`
  if (client.get(keys.volumes, '', name) === undefined) {
    const { namespace, uid } = claim.metadata
    const volume = client.create<KubeObject & { status: object }>(keys.volumes, '', {
      metadata: { name },
      spec: {
        capacity,
        accessModes,
        storageClassName,
        persistentVolumeReclaimPolicy: 'Delete',
        volumeMode: 'Filesystem',
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claim.metadata.name, uid },
        hostPath: { path: `/sandbox/${name}` },
      },
    })
    client.changeStatus(keys.volumes, volume, () => ({ phase: 'Bound' }))
  }
  const bound = client.change<Claim>(keys.claims, claim, ({ spec, metadata }) => {
    spec.volumeName = name
    metadata.annotations = { ...metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' }
  })
  if (bound)
    client.changeStatus<Claim & { status: object }>(keys.claims, bound, () => ({
      phase: 'Bound',
      accessModes,
      capacity,
    }))
}
