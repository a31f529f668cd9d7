import type { Change } from '@fairlead/contract/effect/effect'
import { pointerOf, tokensOf, valueAt } from '@fairlead/contract/json/json-pointer'
import { isRecord } from '../is-record.ts'
import { fromTo, quoted, shownValue } from './shown-value.ts'

type Variable = Readonly<Record<string, unknown>>

/** What becomes of environment variables; `rest` is the path from the container on. Undefined for what has no name. */
export function variableWords(
  change: Change,
  rest: readonly string[],
  { container, shown }: { container: string; shown: unknown },
): string[] | undefined {
  if (rest.length === 1) return listWords(change, container)
  const tokens = tokensOf(change.path)
  const at = pointerOf(tokens.slice(0, tokens.length - rest.length + 2))
  const variable = rest.length === 2 ? (change.after ?? change.before) : valueAt(shown, at)
  if (!isRecord(variable) || typeof variable.name !== 'string') return undefined
  const named = `${quoted(variable.name)} of ${container}`
  if (rest.length === 2) return [elementWords(change, named)]
  if (rest[2] === 'value' && change.after !== undefined) return [`Set ${named}${fromTo(change)}`]
  const from = sourceOf(variable)
  return from === undefined ? undefined : [`Set ${named} ${from}`]
}

function elementWords({ before, after }: Change, named: string): string {
  if (!isRecord(after)) return `Remove ${named}`
  return `Set ${named}${valueWords(after, before)}`
}

function valueWords(after: Variable, before: unknown): string {
  const from = sourceOf(after)
  if (from !== undefined) return ` ${from}`
  return fromTo({ before: isRecord(before) ? before.value : undefined, after: after.value ?? '' })
}

/** Variables whose list changed otherwise than at its end: which are set anew, which go. */
function listWords({ before, after }: Change, container: string): string[] | undefined {
  const [former, present] = [byName(before), byName(after)]
  if (former === undefined || present === undefined) return undefined
  const set = [...present].flatMap(([name, variable]) => {
    const old = former.get(name)
    const isSame = JSON.stringify(old) === JSON.stringify(variable)
    return isSame ? [] : [`Set ${quoted(name)} of ${container}${valueWords(variable, old)}`]
  })
  const removed = [...former.keys()].filter((name) => !present.has(name))
  const words = [...set, ...removed.map((name) => `Remove ${quoted(name)} of ${container}`)]
  return words.length === 0 ? undefined : words
}

function byName(list: unknown): Map<string, Variable> | undefined {
  if (list === undefined) return new Map()
  if (!Array.isArray(list)) return undefined
  const named = list.filter(isRecord).flatMap((each): [string, Variable][] => {
    return typeof each.name === 'string' ? [[each.name, each]] : []
  })
  return named.length === list.length ? new Map(named) : undefined
}

/** `from ConfigMap checkout-config`. */
function sourceOf({ name, valueFrom }: Variable): string | undefined {
  if (!isRecord(valueFrom)) return undefined
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom
  for (const [kind, ref] of [
    ['ConfigMap', configMapKeyRef],
    ['Secret', secretKeyRef],
  ] as const) {
    if (!isRecord(ref)) continue
    return `from ${kind} ${shownValue(ref.name)}${ref.key === name ? '' : `, key ${shownValue(ref.key)}`}`
  }
  if (isRecord(fieldRef)) return `from the pod's ${shownValue(fieldRef.fieldPath)}`
  return isRecord(resourceFieldRef) ? `from the pod's ${shownValue(resourceFieldRef.resource)}` : undefined
}
