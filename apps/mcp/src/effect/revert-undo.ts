import type { ObjectRef, Undo } from '@fairlead/contract/effect'
import { changesOf, type ObjectWrite } from './effect-object.ts'
import { replaceHidden } from './hidden-places.ts'
import { type JsonPatchOperation, reversePatch } from './json-patch.ts'
import { sealValue } from './sealed-value.ts'
import { semanticObject } from './semantic-object.ts'

/** One entry of `k8s_revert`'s `changes`: what is done to one object. Hidden values in it are sealed. */
export type RevertEntry = { ref: ObjectRef } & (
  | { patch: JsonPatchOperation[] }
  | { delete: true }
  | { create: Readonly<Record<string, unknown>> }
)

/** The call that takes writes back, the last one first. Impossible only when a hidden value could not be kept. */
export function revertUndo(writes: readonly ObjectWrite[], redactionKey: Uint8Array | undefined): Undo {
  const entries: RevertEntry[] = []
  for (const write of writes.toReversed()) {
    const entry = entryFor(write, redactionKey)
    if (entry === undefined) return { impossible: 'former values of a Secret cannot be kept without a REDACTION_KEY' }
    entries.push(entry)
  }
  if (entries.length === 0) return { impossible: 'nothing changes' }
  return { tool: 'k8s_revert', args: { changes: JSON.stringify(entries) } }
}

function entryFor(write: ObjectWrite, redactionKey: Uint8Array | undefined): RevertEntry | undefined {
  const { ref, action, before } = write
  if (action === 'create') return { ref, delete: true }
  const former = before && semanticObject(before, { status: write.writesStatus })
  if (action === 'delete') {
    const create = sealed(former, ref, '', redactionKey)
    return create && { ref, create: create.value as Readonly<Record<string, unknown>> }
  }
  const patch: JsonPatchOperation[] = []
  for (const operation of reversePatch(changesOf(write))) {
    if (operation.op === 'remove') {
      patch.push(operation)
      continue
    }
    const kept = sealed(former, ref, operation.path, redactionKey)
    if (kept === undefined) return undefined
    patch.push({ ...operation, value: kept.value })
  }
  return { ref, patch }
}

/** The part of `former` at `path`, hidden values sealed; undefined when one could not be. */
function sealed(
  former: unknown,
  { cluster, kind, namespace, name }: ObjectRef,
  at: string,
  redactionKey: Uint8Array | undefined,
): { value: unknown } | undefined {
  let isLost = false
  const value = replaceHidden(former, at, ({ text, path }) => {
    if (redactionKey !== undefined) return sealValue(text, { cluster, kind, namespace, name, path }, redactionKey)
    isLost = true
    return ''
  })
  return isLost ? undefined : { value }
}
