import type { ObjectRef } from '@fairlead/contract/effect/effect'
import { pointerOf, tokensOf } from '@fairlead/contract/json/json-pointer'
import { isSealed, openSealedValue } from '@fairlead/contract/sealed-value'
import { isRecord } from '../../../effect/is-record.ts'
import { ToolError } from '../../../tool/tool-error.ts'

/** Copies a value that belongs at `path` of an object, every sealed value in it opened. Refuses one of another place. */
export function openValues(
  value: unknown,
  path: string,
  { ref, redactionKey }: { ref: ObjectRef; redactionKey: Uint8Array | undefined },
): unknown {
  const { cluster, kind, namespace, name } = ref
  const walk = (current: unknown, tokens: readonly string[]): unknown => {
    if (isSealed(current)) {
      const place = { cluster, kind, namespace, name, path: pointerOf(tokens) }
      const opened = redactionKey && openSealedValue(current, place, redactionKey)
      if (opened !== undefined) return opened
      throw new ToolError('Refused', `the sealed value at ${place.path} of ${kind} "${name}" does not belong there.`)
    }
    if (Array.isArray(current)) return current.map((element, index) => walk(element, [...tokens, String(index)]))
    if (!isRecord(current)) return current
    return Object.fromEntries(Object.entries(current).map(([key, entry]) => [key, walk(entry, [...tokens, key])]))
  }
  return walk(value, tokensOf(path))
}
