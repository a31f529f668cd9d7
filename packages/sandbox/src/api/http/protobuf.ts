import { kubernetes } from '../schema/kubernetes.ts'
import { schemaNameOf } from '../schema/type-system.ts'
import { badRequest } from '../values/api-status-error.ts'
import { isObject, type Json, type JsonObject } from '../values/json.ts'

/** What typed clients send: four bytes, then the object in an envelope that names its kind. */
const magic = Buffer.from('k8s\0')
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** The object in a protobuf body, as JSON. Throws ApiStatusError when it cannot be read. */
export function objectOfProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, 4).equals(magic)) throw badRequest('the body of the request is no Kubernetes protobuf')
  const parts = [...fieldsOf(body.subarray(4))]
  const head = parts.find(({ number }) => number === 1)?.bytes
  const raw = parts.find(({ number }) => number === 2)?.bytes ?? Buffer.alloc(0)
  const { apiVersion = '', kind = '' } = head ? message('io.k8s.apimachinery.pkg.runtime.TypeMeta', head) : {}
  const [version = '', group = ''] = String(apiVersion).split('/').toReversed()
  const name = schemaNameOf(group, version, String(kind)) ?? `${META}.${String(kind)}`
  if (kubernetes.messages[name] === undefined)
    throw badRequest(`no kind "${String(kind)}" is registered for version "${String(apiVersion)}"`)
  const object = message(name, raw)
  return { ...object, kind, apiVersion }
}

type Part = { number: number; wire: number; bytes: Buffer; varint: bigint }

function* fieldsOf(bytes: Buffer): Iterable<Part> {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) throw badRequest('proto: unexpected end of the body')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const take = (length: number): Buffer => {
    const part = bytes.subarray(at, at + length)
    if (part.length < length) throw badRequest('proto: unexpected end of the body')
    at += length
    return part
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const wire = tag & 7
    const number = tag >> 3
    if (wire === 0) yield { number, wire, bytes: Buffer.alloc(0), varint: varint() }
    else if (wire === 2) yield { number, wire, bytes: take(Number(varint())), varint: 0n }
    else if (wire === 1 || wire === 5) yield { number, wire, bytes: take(wire === 1 ? 8 : 4), varint: 0n }
    else throw badRequest(`proto: wiretype ${wire} is not known`)
  }
}

function message(name: string, bytes: Buffer): JsonObject {
  const fields = kubernetes.messages[name] ?? []
  const properties = kubernetes.schemas[name]?.properties
  const result: JsonObject = {}
  for (const part of fieldsOf(bytes)) {
    const [, field = '', type = ''] = fields.find(([number]) => number === part.number) ?? []
    if (field === '') continue
    if (type.startsWith('[]')) {
      const list = result[field]
      const value = fieldValue(type.slice(2), part)
      if (Array.isArray(list)) list.push(value)
      else result[field] = [value]
    } else if (type.startsWith('map<')) {
      const entry = mapEntry(type.slice(4, -1), part.bytes)
      result[field] = { ...(isObject(result[field]) ? result[field] : {}), ...entry }
    } else {
      const value = fieldValue(type, part)
      // A struct inside another one is no field of its own in JSON.
      const isInline = properties !== undefined && properties[field] === undefined && isObject(value)
      if (isInline) Object.assign(result, value)
      else result[field] = value
    }
  }
  return result
}

function mapEntry(type: string, bytes: Buffer): JsonObject {
  let key = ''
  let value: Json = type === 'string' || type === 'bytes' ? '' : {}
  for (const part of fieldsOf(bytes)) {
    if (part.number === 1) key = part.bytes.toString()
    else value = fieldValue(type, part)
  }
  return { [key]: value }
}

function fieldValue(type: string, { bytes, varint }: Part): Json {
  switch (type) {
    case 'string':
      return bytes.toString()
    case 'bytes':
      return bytes.toString('base64')
    case 'bool':
      return varint !== 0n
    case 'int32':
      return Number(BigInt.asIntN(32, varint))
    case 'int64':
      return Number(BigInt.asIntN(64, varint))
    case 'double':
      return bytes.readDoubleLE()
    case 'io.k8s.apimachinery.pkg.api.resource.Quantity':
      return String(message(type, bytes).string ?? '0')
    case 'io.k8s.apimachinery.pkg.util.intstr.IntOrString': {
      const { type: kind, intVal, strVal } = message(type, bytes)
      return kind === 1 ? String(strVal ?? '') : Number(intVal ?? 0)
    }
    case `${META}.Time`:
    case `${META}.MicroTime`:
      return timeOf(message(type, bytes))
    case `${META}.FieldsV1`:
    case 'io.k8s.apimachinery.pkg.runtime.RawExtension':
    case 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON':
      return jsonOf(message(type, bytes))
    default: {
      const inner = message(type, bytes)
      const fields = kubernetes.messages[type] ?? []
      const isList = fields.length === 1 && fields[0]?.[1] === 'items' && !type.endsWith('List')
      return isList ? (inner.items ?? []) : inner
    }
  }
}

function timeOf({ seconds, nanos }: JsonObject): Json {
  if (seconds === undefined) return null
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  const fraction = Number(nanos ?? 0)
  return fraction === 0 ? `${text}Z` : `${text}.${String(fraction).padStart(9, '0').slice(0, 6)}Z`
}

function jsonOf({ raw, Raw }: JsonObject): Json {
  const text = Buffer.from(String(raw ?? Raw ?? ''), 'base64').toString()
  return text === '' ? null : (JSON.parse(text) as Json)
}
