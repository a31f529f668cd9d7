import { type Cause, causes } from '../values/api-status-error.ts'
import { isEqual, type JsonObject, objectAt, textAt } from '../values/json.ts'
import { configKeyFaults } from '../values/names.ts'

export function configMapCauses(object: JsonObject): Cause[] {
  const keys = (field: string) =>
    Object.keys(objectAt(object, field))
      .toSorted()
      .flatMap((key) => configKeyFaults(key).map((fault) => causes.invalid(`${field}[${key}]`, key, fault)))
  const both = Object.keys(objectAt(object, 'data')).filter((key) => objectAt(object, 'binaryData')[key] !== undefined)
  return [
    ...keys('data'),
    ...both.map((key) => causes.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...keys('binaryData'),
  ]
}

/** What of a ConfigMap or Secret may not change once it says so. */
export function immutableDataCauses(object: JsonObject, old: JsonObject): Cause[] {
  if (old.immutable !== true) return []
  const found: Cause[] = []
  if (object.immutable !== true) found.push(causes.forbidden('immutable', 'field is immutable when `immutable` is set'))
  for (const field of ['data', 'binaryData']) {
    if (!isEqual(objectAt(object, field), objectAt(old, field))) {
      found.push(causes.forbidden(field, 'field is immutable when `immutable` is set'))
    }
  }
  return found
}

const secretKeys: Record<string, readonly string[]> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
}

export function secretCauses(object: JsonObject): Cause[] {
  const data = objectAt(object, 'data')
  const type = textAt(object, 'type') ?? ''
  const found = Object.keys(data)
    .toSorted()
    .flatMap((key) => configKeyFaults(key).map((fault) => causes.invalid(`data[${key}]`, key, fault)))
  for (const key of secretKeys[type] ?? []) {
    if (data[key] === undefined) found.push(causes.required(`data[${key}]`))
  }
  if (type === 'kubernetes.io/basic-auth' && data.username === undefined && data.password === undefined) {
    found.push(causes.required('data[username]'), causes.required('data[password]'))
  }
  return found
}

export function secretUpdateCauses(object: JsonObject, old: JsonObject): Cause[] {
  const found = isEqual(object.type, old.type) ? [] : [causes.invalid('type', object.type, 'field is immutable')]
  return [...found, ...immutableDataCauses(object, old)]
}
