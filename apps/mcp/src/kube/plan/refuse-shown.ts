import { pointerOf, valueAt } from '@fairlead/contract/json/json-pointer'
import { maskText } from '@fairlead/service-kit/redaction/mask'
import { replaceHidden } from '../../effect/hidden-places.ts'
import { isRecord } from '../../effect/is-record.ts'
import { applyPatch } from '../../effect/json-patch.ts'
import type { JsonPatchOperation } from '../../effect/json-patch-operation.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { SEALED, UNREAD } from '../../effect/origins.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { describeTarget, type Target } from '../discovery/api-resource.ts'

/**
 * Refuses a JSON patch after which everybody would read what nobody may: one that copies or moves the value of a Secret
 * to another place, or takes the telling name from a variable. Nothing is asked for it: even the server's refusal would
 * repeat the value. Resolves to what the caller says with it: in place of each text that the object hides stands a mark,
 * wherever the patch moves it.
 *
 * @param said the same operations as the caller wrote them, marks in place of what came sealed
 */
export function refuseShown(
  target: Target,
  live: KubeObject,
  { patch, said }: { patch: readonly JsonPatchOperation[]; said: readonly JsonPatchOperation[] },
): unknown {
  const after = patched(target, live, patch)
  const isTest = ({ op }: JsonPatchOperation) => op === 'test'
  const saidOf = applyPatch(
    unread(live),
    said.filter((operation) => !isTest(operation)),
  )
  requireHidden(target, { after, said: saidOf, live })
  return saidOf
}

/** The same of an object that is made, some of whose values the caller has but sealed. */
export function refuseShownCreation(target: Target, opened: KubeObject, said: unknown): void {
  requireHidden(target, { after: { ...opened, kind: target.resource.kind }, said })
}

/** An object with a mark in place of each text that may not be read. */
export function unread(object: KubeObject): unknown {
  return replaceHidden(object, '', { strength: 'read' }, () => UNREAD)
}

function requireHidden(target: Target, { after, said, live }: { after: unknown; said: unknown; live?: unknown }): void {
  const wholes = new Set<string>()
  replaceHidden(live, '', { strength: 'read' }, ({ text, isWhole }) => {
    if (isWhole) wholes.add(text)
  })
  const hidden = new Set<string>()
  replaceHidden(after, '', { strength: 'read' }, ({ path, text, isWhole }) => {
    // What was hidden whole may not come out in part, by what names in it hide.
    if (isWhole || !wholes.has(text) || maskText(text, 'written') !== text) hidden.add(path)
  })
  const walk = (current: unknown, tokens: readonly string[]): void => {
    if (current === UNREAD || current === SEALED) {
      const path = pointerOf(tokens)
      if (!hidden.has(path) && valueAt(after, path) !== '') throw shown(target)
    } else if (Array.isArray(current)) {
      for (const [index, element] of current.entries()) walk(element, [...tokens, String(index)])
    } else if (isRecord(current)) {
      for (const [key, entry] of Object.entries(current)) walk(entry, [...tokens, key])
    }
  }
  walk(said, [])
}

function shown(target: Target): ToolError {
  return new ToolError(
    'Refused',
    `what ${describeTarget(target)} hides would be written to where everybody reads it. Nothing was asked.`,
  )
}

function patched(target: Target, live: KubeObject, patch: readonly JsonPatchOperation[]): unknown {
  try {
    return applyPatch(live, patch)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ToolError('Invalid', `${describeTarget(target)} cannot be patched: ${error.message}.`, { cause: error })
  }
}
