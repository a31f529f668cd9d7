import type { ObjectRef, Undo } from '@fairlead/contract/effect/effect'
import { valueAt } from '@fairlead/contract/json/json-pointer'
import { sealValue } from '@fairlead/contract/sealed-value'
import { isDeep } from './deep-parts.ts'
import { changesOf, type ObjectWrite } from './effect-object.ts'
import { elementNames } from './element-names.ts'
import { replaceHidden } from './hidden-places.ts'
import { type JsonPatchOperation, reversePatch } from './json-patch.ts'
import { semanticObject } from './semantic-object.ts'

/**
 * One entry of `k8s_revert`'s `changes`: what is done to one object. Hidden values in it are sealed. A `test` says what a
 * list element is called that the operations behind it go to by its place.
 */
export type RevertEntry = { ref: ObjectRef } & (
  | { patch: RevertOperation[] }
  | { delete: true }
  | { create: Readonly<Record<string, unknown>> }
)

export type RevertOperation = JsonPatchOperation | { op: 'test'; path: string; value: unknown }

/** The call that takes writes back, the last one first. Impossible only when a hidden value could not be kept. */
export function revertUndo(writes: readonly ObjectWrite[], redactionKey: Uint8Array | undefined): Undo {
  const entries: RevertEntry[] = []
  for (const write of writes.toReversed()) {
    // What is made anew is sent whole.
    if (write.action === 'delete' && isDeep(write.before))
      return { impossible: 'what is nested so deeply cannot be made anew' }
    const entry = entryFor(write, redactionKey)
    if (entry === undefined) return { impossible: 'former values of a Secret cannot be kept without a REDACTION_KEY' }
    entries.push(entry)
  }
  if (entries.length === 0) return { impossible: 'nothing changes' }
  return { tool: 'k8s_revert', args: { changes: JSON.stringify(entries) } }
}

function entryFor(write: ObjectWrite, redactionKey: Uint8Array | undefined): RevertEntry | undefined {
  const { ref, action, before, after } = write
  if (action === 'create') return { ref, delete: true }
  const [former, later] = [before, after].map(
    (object) => object && semanticObject(object, { status: write.writesStatus }),
  )
  if (action === 'delete') {
    const create = sealed(former, ref, '', redactionKey)
    return create && { ref, create: create.value as Readonly<Record<string, unknown>> }
  }
  const changes = changesOf(write)
  const paths = changes.map(({ path }) => path)
  const patch: RevertOperation[] = []
  for (const operation of [...elementTests(paths, former, later), ...reversePatch(changes)]) {
    if (operation.op === 'remove') {
      patch.push(operation)
      continue
    }
    const kept = sealed(operation.op === 'test' ? later : former, ref, operation.path, redactionKey)
    if (kept === undefined) return undefined
    patch.push({ ...operation, value: kept.value })
  }
  return { ref, patch }
}

/** What the elements are called that the changes lead into, as they are called afterwards. */
function elementTests(paths: readonly string[], before: unknown, after: unknown): RevertOperation[] {
  return Object.entries(elementNames(paths, before, after)).flatMap(([pointer, name]) =>
    Object.entries(name).flatMap(([key, value]): RevertOperation[] => {
      const path = `${pointer}/${key}`
      return valueAt(after, path) === value ? [{ op: 'test', path, value }] : []
    }),
  )
}

/** The part of `former` at `path`, hidden values sealed; undefined when one could not be. */
function sealed(
  former: unknown,
  { cluster, kind, namespace, name }: ObjectRef,
  at: string,
  redactionKey: Uint8Array | undefined,
): { value: unknown } | undefined {
  let isLost = false
  const value = replaceHidden(former, at, { strength: 'read' }, ({ text, path }) => {
    if (redactionKey !== undefined) return sealValue(text, { cluster, kind, namespace, name, path }, redactionKey)
    isLost = true
    return ''
  })
  return isLost ? undefined : { value }
}
