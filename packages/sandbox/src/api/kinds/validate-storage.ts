import { type Cause, causes } from '../values/api-status-error.ts'
import { isEqual, type JsonObject, listAt, objectAt, textAt } from '../values/json.ts'
import { quantityOf } from '../values/quantity.ts'
import { oneOf } from './validate-parts.ts'

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']

export function claimCauses(object: JsonObject): Cause[] {
  return claimSpecCauses(objectAt(object, 'spec'), 'spec')
}

export function claimSpecCauses(spec: JsonObject, path: string): Cause[] {
  const found: Cause[] = []
  const modes = listAt(spec, 'accessModes')
  if (modes.length === 0) found.push(causes.required(`${path}.accessModes`, 'at least 1 access mode is required'))
  for (const mode of modes) {
    if (!accessModes.includes(String(mode))) found.push(causes.notSupported(`${path}.accessModes`, mode, accessModes))
  }
  const storage = textAt(spec, 'resources', 'requests', 'storage')
  if (storage === undefined) found.push(causes.required(`${path}.resources[storage]`))
  else if ((quantityOf(storage) ?? 0n) <= 0n) {
    found.push(causes.invalid(`${path}.resources[storage]`, storage, 'must be greater than zero'))
  }
  const volumeMode = textAt(spec, 'volumeMode')
  if (volumeMode) found.push(...oneOf(volumeMode, ['Block', 'Filesystem'], `${path}.volumeMode`))
  return found
}

export function claimUpdateCauses(object: JsonObject, old: JsonObject): Cause[] {
  const hadClass =
    textAt(old, 'spec', 'storageClassName') !== undefined ||
    textAt(old, 'metadata', 'annotations', 'volume.beta.kubernetes.io/storage-class') !== undefined
  const bare = (claim: JsonObject) => {
    const { resources: _, volumeAttributesClassName: _class, ...rest } = objectAt(claim, 'spec')
    // A claim made before there was a default class may still be given one.
    return hadClass ? rest : { ...rest, storageClassName: null }
  }
  const isBinding =
    !textAt(old, 'spec', 'volumeName') && isEqual({ ...bare(object), volumeName: '' }, { ...bare(old), volumeName: '' })
  if (isBinding || isEqual(bare(object), bare(old))) return []
  return [
    causes.forbidden(
      'spec',
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
    ),
  ]
}

const measured =
  /^((requests|limits)\.)?(cpu|memory|storage|ephemeral-storage)$|\.storageclass\.storage\.k8s\.io\/requests\.storage$/

const standard =
  /^(pods|services|secrets|configmaps|resourcequotas|replicationcontrollers|persistentvolumeclaims|services\.(nodeports|loadbalancers)|requests\.hugepages-.+|hugepages-.+)$/

export function quotaCauses(object: JsonObject): Cause[] {
  return Object.entries(objectAt(object, 'spec', 'hard')).flatMap(([name, amount]) => {
    const at = `spec.hard[${name}]`
    const found: Cause[] = []
    if (!measured.test(name) && !standard.test(name) && !name.includes('/')) {
      found.push(causes.invalid(at, name, 'must be a standard resource type or fully qualified'))
      found.push(causes.invalid(at, name, 'must be a standard resource for quota'))
      return found
    }
    const value = quantityOf(String(amount)) ?? 0n
    if (value < 0n) found.push(causes.invalid(at, amount, 'must be greater than or equal to 0'))
    if (!measured.test(name) && value % 1_000_000_000n !== 0n)
      found.push(causes.invalid(at, amount, 'must be an integer'))
    return found
  })
}
