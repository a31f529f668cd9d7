import { isObject, type Json, type JsonObject } from '../values/json.ts'
import { canonicalQuantity, quantityFault } from '../values/quantity.ts'
import type { Field, Scalar, Type } from './type-system.ts'

export type Decoded = {
  /** As the API server would write it: embedded structs there, zeros that Go leaves out gone, schema defaults set. */
  value: JsonObject
  /** Paths of fields that the type does not have; dropped from the value. */
  unknown: string[]
  /** Paths of lists and maps that were given and have nothing in them; dropped from the value. */
  empty: string[]
}

/** A value that does not fit its type, in the words of Go's decoder. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/**
 * Reads a body as an object of a type. Throws DecodeError at the first value of the wrong type.
 * @param options `isConverted`: the body was read before, without its type, as what is applied is
 */
export function decode(type: Type, body: JsonObject, { keepsDefaults = true, isConverted = false } = {}): Decoded {
  const found = { unknown: [], empty: [] }
  const value = decodeValue(type, body, { ...found, keepsDefaults, isConverted, goPath: '', path: '', struct: '' })
  return { value: isObject(value) ? value : {}, ...found }
}

/** What the API server holds for an object of which nothing is set. */
export function zeroOf(type: Type): JsonObject {
  return decode(type, {}, { keepsDefaults: false }).value
}

type Place = Omit<Decoded, 'value'> & {
  keepsDefaults: boolean
  isConverted: boolean
  /** Names of the fields alone, as Go's decoder reports them. */
  goPath: string
  /** With indexes, as the strict decoder reports them. */
  path: string
  struct: string
}

function decodeValue(type: Type, value: Json, place: Place): Json {
  switch (type.is) {
    case 'any':
      return value
    case 'scalar':
      return decodeScalar(type.of, value, place)
    case 'list': {
      if (!Array.isArray(value)) throw wrongType(value, goNameOf(type), place)
      return value.map((each, index) =>
        each === null && type.of.is !== 'any'
          ? zeroValue(type.of, place)
          : decodeValue(type.of, each, { ...place, path: `${place.path}[${index}]` }),
      )
    }
    case 'map': {
      if (!isObject(value)) throw wrongType(value, goNameOf(type), place)
      const result: JsonObject = {}
      for (const [key, each] of Object.entries(value)) {
        const inner = { ...place, path: `${place.path}.${key}` }
        result[key] =
          each === null && type.of.is !== 'any' ? zeroValue(type.of, inner) : decodeValue(type.of, each, inner)
      }
      return result
    }
    case 'struct':
      if (!isObject(value)) throw wrongType(value, goNameOf(type), place)
      return decodeStruct(type, value, place)
  }
}

function decodeStruct(type: Type & { is: 'struct' }, value: JsonObject, place: Place): JsonObject {
  const result: JsonObject = {}
  for (const [name, given] of Object.entries(value)) {
    const field = type.fields.get(name)
    if (field === undefined) {
      if (type.keepsUnknown) result[name] = given
      else place.unknown.push(place.path === '' ? name : `${place.path}.${name}`)
      continue
    }
    if (given === null && field.type.is !== 'any') continue
    const inner = inField(place, name, type.goName, field.within)
    const decoded = decodeValue(field.type, given, inner)
    if (!isLeftOut(field, decoded)) result[name] = decoded
    else if (typeof decoded === 'object') place.empty.push(inner.path)
  }
  for (const [name, field] of type.fields) {
    if (Object.hasOwn(result, name)) continue
    const implied = impliedValue(field, inField(place, name, type.goName))
    if (implied !== undefined) result[name] = implied
  }
  return result
}

function inField(place: Place, name: string, struct: string, within = ''): Place {
  const join = (path: string, step = name) => (path === '' ? step : `${path}.${step}`)
  return {
    ...place,
    goPath: join(place.goPath, within === '' ? name : `${within}.${name}`),
    path: join(place.path),
    struct: struct || place.struct,
  }
}

/** Go leaves out what is empty, unless the field is a pointer or always written. */
function isLeftOut(field: Field, value: Json): boolean {
  if (field.isPointer || field.isAlways || field.isEmbedded) return false
  if (Array.isArray(value)) return value.length === 0
  if (isObject(value)) return (field.type.is === 'map' || field.type.is === 'any') && Object.keys(value).length === 0
  return isZero(value)
}

function isZero(value: Json): boolean {
  return value === '' || value === 0 || value === false
}

/** What stands in a field that was not given. */
function impliedValue(field: Field, place: Place): Json | undefined {
  const { type } = field
  if (field.isEmbedded && type.is === 'struct') return decodeStruct(type, {}, place)
  const { default: given } = field
  if (place.keepsDefaults && given !== undefined && !isObject(given) && !isZero(given)) return given
  if (!field.isAlways) return undefined
  if (field.isPointer || type.is !== 'scalar' || type.of === 'time') return null
  return zeroValue(type, place)
}

function zeroValue(type: Type, place: Place): Json {
  if (type.is === 'struct') return decodeStruct(type, {}, place)
  if (type.is === 'scalar' && type.of === 'quantity') return '0'
  if (type.is === 'scalar') return type.of === 'bool' ? false : /^(int|float)/.test(type.of) ? 0 : ''
  return type.is === 'list' ? [] : {}
}

function decodeScalar(of: Scalar, value: Json, place: Place): Json {
  switch (of) {
    case 'string':
      if (typeof value !== 'string') throw wrongType(value, 'string', place)
      return value
    case 'bool':
      if (typeof value !== 'boolean') throw wrongType(value, 'bool', place)
      return value
    case 'int32':
    case 'int64': {
      if (typeof value !== 'number') throw wrongType(value, of, place)
      const most = of === 'int32' ? 2 ** 31 : 2 ** 63
      if (!Number.isInteger(value) || value >= most || value < -most) throw wrongType(value, of, place, ` ${value}`)
      return value
    }
    case 'float64':
      if (typeof value !== 'number') throw wrongType(value, 'float64', place)
      return value
    case 'time':
      return decodeTime(value, place)
    case 'bytes':
      if (Array.isArray(value)) return bytesOf(value, place)
      if (typeof value !== 'string') throw wrongType(value, '[]uint8', place)
      return decodeBytes(value)
    case 'quantity': {
      if (typeof value !== 'string' && typeof value !== 'number') throw new DecodeError(quantityFault)
      const canonical = canonicalQuantity(String(value))
      if (canonical === undefined) throw new DecodeError(quantityFault)
      return canonical
    }
    case 'intOrString':
      if (typeof value === 'string') return value
      // Go reads it by itself, where it is converted: without knowing where it stands.
      return decodeScalar('int32', value, place.isConverted ? { ...place, goPath: '' } : place)
  }
}

function decodeTime(value: Json, place: Place): Json {
  if (typeof value !== 'string') throw wrongType(value, 'string', place)
  const time = Date.parse(value)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) || Number.isNaN(time)) {
    throw new DecodeError(
      `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`,
    )
  }
  const isMicro = /MicroTime|acquireTime|renewTime|eventTime/.test(place.goPath)
  const text = new Date(time).toISOString()
  return isMicro
    ? `${text.slice(0, -5)}.${(/\.(\d+)/.exec(value)?.[1] ?? '').padEnd(6, '0').slice(0, 6)}Z`
    : `${text.slice(0, -5)}Z`
}

/** Bytes may also come one by one. */
function bytesOf(values: Json[], place: Place): string {
  const numbers = values.map((each) => {
    if (typeof each !== 'number') throw wrongType(each, 'uint8', place)
    return each
  })
  return Buffer.from(numbers).toString('base64')
}

function decodeBytes(value: string): string {
  const plain = value.replace(/[\r\n]/g, '')
  const bad = /^(?:[A-Za-z0-9+/]{4})*/.exec(plain)?.[0].length ?? 0
  const rest = plain.slice(bad)
  if (rest !== '' && !/^(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)$/.test(rest)) {
    const within = rest.search(/[^A-Za-z0-9+/]/)
    throw new DecodeError(
      `illegal base64 data at input byte ${within < 0 ? Math.max(0, plain.length - (plain.length % 4)) : bad + within}`,
    )
  }
  return plain
}

function wrongType(value: Json, wanted: string, { struct, goPath }: Place, shown = ''): DecodeError {
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : isObject(value) ? 'object' : typeof value
  const said = kind === 'boolean' ? 'bool' : kind
  const where = goPath === '' ? 'Go value' : `Go struct field ${struct}.${goPath}`
  return new DecodeError(`json: cannot unmarshal ${said}${shown} into ${where} of type ${wanted}`)
}

function goNameOf(type: Type): string {
  switch (type.is) {
    case 'scalar':
      return type.of === 'bytes' ? '[]uint8' : type.of
    case 'list':
      return `[]${goNameOf(type.of)}`
    case 'map':
      return `map[string]${goNameOf(type.of)}`
    case 'struct':
      return `${type.goPackage}.${type.goName}`
    case 'any':
      return 'interface {}'
  }
}
