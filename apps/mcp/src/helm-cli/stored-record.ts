import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { isRecord } from '../effect/is-record.ts'

/** A Secret or ConfigMap that Helm sends, as far as it matters here. */
export type StoredRecord = {
  kind: string
  name: string | undefined
  /** Of key `release`, in Helm's own base64. */
  release: string | undefined
}

const MAGIC = Buffer.from('k8s\0')

/** What a request body says, in JSON or in the protobuf of Kubernetes; undefined when it is neither. */
export function readStoredRecord(body: Uint8Array): StoredRecord | undefined {
  try {
    return MAGIC.equals(body.subarray(0, MAGIC.length)) ? fromProtobuf(body.subarray(MAGIC.length)) : fromJson(body)
  } catch {
    return undefined
  }
}

function fromJson(body: Uint8Array): StoredRecord | undefined {
  const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
  if (!isRecord(value)) return undefined
  const { kind = '', metadata, data, stringData } = value
  const name = isRecord(metadata) && typeof metadata.name === 'string' ? metadata.name : undefined
  const coded = isRecord(data) && typeof data.release === 'string' ? data.release : undefined
  const plain = isRecord(stringData) && typeof stringData.release === 'string' ? stringData.release : undefined
  const decoded = kind === 'Secret' && coded !== undefined ? Buffer.from(coded, 'base64').toString('latin1') : coded
  return { kind: String(kind), name, release: plain ?? decoded }
}

/**
 * `runtime.Unknown` around a `v1.Secret` or `v1.ConfigMap`. Field numbers: `k8s.io/apimachinery/pkg/runtime/generated.proto`
 * and `k8s.io/api/core/v1/generated.proto`.
 */
function fromProtobuf(bytes: Uint8Array): StoredRecord {
  const unknown = fieldsOf(bytes)
  const kind = text(fieldsOf(first(unknown, 1))[2]?.[0])
  const object = fieldsOf(first(unknown, 2))
  const name = text(fieldsOf(first(object, 1))[1]?.[0])
  const entry = (object[2] ?? []).map(fieldsOf).find((each) => text(each[1]?.[0]) === 'release')
  return { kind: kind ?? '', name, release: text(entry?.[2]?.[0]) }
}

type Fields = { readonly [field: number]: readonly Uint8Array[] | undefined }

/** The length-delimited fields of a message, which all that is read here are. */
function fieldsOf(bytes: Uint8Array): Fields {
  const fields: Record<number, Uint8Array[]> = {}
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (wireType === WireType.LengthDelimited) {
      const values = fields[field] ?? []
      fields[field] = [...values, reader.bytes()]
    } else reader.skip(wireType, field)
  }
  return fields
}

function first(fields: Fields, field: number): Uint8Array {
  return fields[field]?.[0] ?? new Uint8Array()
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
}
