import { goText } from '../values/go-text.ts'
import { isObject, type Json } from '../values/json.ts'
import type { Type } from './type-system.ts'
import { elementStep, shownStep } from './typed-object.ts'

/** Something in a configuration that its type does not have; `path` as the API server writes it. */
export class TypedError extends Error {
  override readonly name = 'TypedError'
}

/** Throws TypedError when a configuration has what its type does not know, or two elements of one name. */
export function checkConfigured(type: Type, value: Json, path = ''): void {
  if (value === null) return
  if (type.is === 'struct') {
    if (!isObject(value)) throw new TypedError(`${path}: expected map, got &{${plainText(value)}}`)
    for (const [key, each] of Object.entries(value)) {
      const field = type.fields.get(key)
      if (field) checkConfigured(field.type, each, `${path}.${key}`)
      else if (!type.keepsUnknown) throw new TypedError(`${path}.${key}: field not declared in schema`)
    }
  } else if (type.is === 'map') {
    if (!isObject(value)) throw new TypedError(`${path}: expected map, got &{${plainText(value)}}`)
    for (const [key, each] of Object.entries(value)) checkConfigured(type.of, each, `${path}.${key}`)
  } else if (type.is === 'list') {
    checkList(type, value, path)
  } else if (type.is === 'scalar') {
    checkScalar(type, value, path)
  }
}

function checkList(type: Type & { is: 'list' }, value: Json, path: string): void {
  if (!Array.isArray(value)) throw new TypedError(`${path}: expected list, got &{${plainText(value)}}`)
  const seen = new Set<string>()
  value.forEach((element, index) => {
    if (type.relation === 'atomic') {
      checkConfigured(type.of, element, `${path}[${index}]`)
      return
    }
    if (type.relation === 'map') {
      if (!isObject(element)) {
        throw new TypedError(`${path}: element ${index}: associative list with keys may not have non-map elements`)
      }
      for (const key of type.keys) {
        const hasDefault = type.of.is === 'struct' && type.of.fields.get(key)?.default !== undefined
        if (!hasDefault && (!isObject(element) || element[key] === undefined)) {
          throw new TypedError(
            `${path}: element ${index}: associative list with keys has an element that omits key field ${JSON.stringify(key)} (and doesn't have default value)`,
          )
        }
      }
    }
    const step = elementStep(type, element)
    const named = shownStep(step)
    if (seen.has(step)) throw new TypedError(`${path}: duplicate entries for key ${named}`)
    seen.add(step)
    checkConfigured(type.of, element, `${path}${named}`)
  })
}

function checkScalar(type: Type & { is: 'scalar' }, value: Json, path: string): void {
  const wanted = {
    string: 'string',
    bytes: 'string',
    int32: 'numeric',
    int64: 'numeric',
    float64: 'numeric',
    bool: 'boolean',
  }
  // What it is comes to light when it is converted.
  if (type.of === 'intOrString') return
  if (type.of === 'quantity' || type.of === 'time') {
    if (typeof value !== 'object') return
    throw new TypedError(`${path}: expected any scalar, got &{${plainText(value)}}`)
  }
  const of = wanted[type.of]
  const is = typeof value === 'number' ? 'numeric' : typeof value
  if (is === of) return
  if (of === 'numeric')
    throw new TypedError(`${path}: expected numeric (int or float), got ${is === 'boolean' ? 'bool' : is}`)
  throw new TypedError(`${path}: expected ${of}, got &value.valueUnstructured{Value:${goSyntax(value)}}`)
}

function plainText(value: Json): string {
  return Array.isArray(value) || isObject(value) ? goText(value) : String(value ?? '<nil>')
}

/** A value as Go writes it in a program. */
function goSyntax(value: Json): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (isObject(value)) {
    const parts = Object.keys(value)
      .toSorted()
      .map((key) => `${JSON.stringify(key)}:${goSyntax(value[key] ?? null)}`)
    return `map[string]interface {}{${parts.join(', ')}}`
  }
  return value === null ? 'interface {}(nil)' : JSON.stringify(value)
}
