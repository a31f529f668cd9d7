import { tokensOf } from '@fairlead/contract/json/json-pointer'
import { isRecord } from '../../../effect/is-record.ts'
import type { KubeObject } from '../../../effect/kube-object.ts'

/** A copy of `object` with `value` at `pointer`; what is missing on the way is made. */
export function withValueAt(object: KubeObject, pointer: string, value: unknown): KubeObject {
  return placed(object, tokensOf(pointer), value) as KubeObject
}

function placed(current: unknown, [token, ...rest]: readonly string[], value: unknown): unknown {
  if (token === undefined) return value
  const record = isRecord(current) ? current : {}
  return { ...record, [token]: placed(record[token], rest, value) }
}
