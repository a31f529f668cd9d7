import type { Change, EffectObject, ObjectAction, ObjectRef } from '@fairlead/contract/effect/effect'
import { valueAt } from '@fairlead/contract/json/json-pointer'
import type { ShownChanges } from './change-words/shown-changes.ts'
import { elementNames } from './element-names.ts'
import type { GoneWith } from './highlights/deletion.ts'
import { applyPatch, type JsonPatchOperation } from './json-patch.ts'
import type { KubeObject } from './kube-object.ts'
import { maskedValue } from './masked-value.ts'
import { semanticChanges } from './semantic-changes.ts'
import { semanticObject } from './semantic-object.ts'
import { yamlDiff } from './yaml-diff.ts'

/** What a write does to one object, with the values as they are. Never leaves the server. */
export type ObjectWrite = {
  ref: ObjectRef
  action: ObjectAction
  /** As it is live; absent for a creation. */
  before?: KubeObject
  /** As it will be; absent for a deletion. */
  after?: KubeObject
  /** `status` is what is written, so it is compared too. */
  writesStatus?: boolean
  /** Where the object keeps how many of it run, as a JSON Pointer, where that is known. */
  replicasPath?: string
  /** What a deletion takes with it. */
  gone?: readonly GoneWith[]
  /**
   * What of `after` the caller wrote, in its form, and marks for what it moved without having read it. Nothing else of
   * `after` that is hidden is ever shown.
   */
  said?: unknown
  /** What the caller did not say was there before, and is put back. */
  putsBack?: boolean
  /** What the caller did not say was made of what it chose: a chart and its values. Who decides may have the texts of it. */
  isRendered?: boolean
}

/** The semantic changes of a write, values as they are. A deletion has none: its `uid` says what goes. */
export function changesOf({ action, before, after, writesStatus }: ObjectWrite): Change[] {
  if (action === 'delete') return []
  return semanticChanges(semanticOf(before, writesStatus), semanticOf(after, writesStatus))
}

/** The write as it stands in an effect: hidden values as keyed hashes, and a diff for people. */
export function effectObject(write: ObjectWrite, redactionKey: Uint8Array | undefined): EffectObject {
  const { ref, action } = write
  const { changes, live, wanted, elements } = shownOf(write, redactionKey)
  const diff = yamlDiff(nameForPeople(ref), live, withUnseenChanges(wanted, changes))
  return { ...ref, action, changes, ...(Object.keys(elements).length > 0 && { elements }), diff }
}

/** What a write changes, as it may be told. */
export function shownChanges(write: ObjectWrite, redactionKey: Uint8Array | undefined): ShownChanges {
  const { changes, live, wanted, elements } = shownOf(write, redactionKey)
  return { ref: write.ref, changes, elements, shown: wanted ?? live }
}

/** An object of an effect whose `elements` name what lies on the way to further places, too. */
export function withNamedPlaces(
  { elements, ...object }: EffectObject,
  write: ObjectWrite,
  { places, redactionKey }: { places: readonly string[]; redactionKey: Uint8Array | undefined },
): EffectObject {
  if (places.length === 0) return { ...object, ...(elements !== undefined && { elements }) }
  const { live, wanted } = maskedSides(write, redactionKey)
  const all = { ...elements, ...elementNames(places, live, wanted) }
  return { ...object, ...(Object.keys(all).length > 0 && { elements: all }) }
}

/** What changes, both objects with hidden values as keyed hashes, and the names of elements that changes lead into. */
function shownOf(write: ObjectWrite, redactionKey: Uint8Array | undefined) {
  const { live, wanted } = maskedSides(write, redactionKey)
  const changes = changesOf(write).map(({ path, before, after }) => ({
    path,
    ...(before !== undefined && { before: valueAt(live, path) }),
    ...(after !== undefined && { after: valueAt(wanted, path) }),
  }))
  const paths = changes.map(({ path }) => path)
  return { changes, live, wanted, elements: elementNames(paths, live, wanted) }
}

function maskedSides({ before, after, writesStatus, said }: ObjectWrite, redactionKey: Uint8Array | undefined) {
  const former = semanticOf(before, writesStatus)
  const wanted = semanticOf(after, writesStatus)
  return {
    live: maskedValue(former, '', redactionKey, { strength: 'read' }),
    wanted: maskedValue(wanted, '', redactionKey, { strength: 'written', former, said }),
  }
}

/** `Deployment shop/web`. */
export function nameForPeople({ kind, namespace, name }: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
}

function semanticOf(object: KubeObject | undefined, status?: boolean): Readonly<Record<string, unknown>> | undefined {
  return object && semanticObject(object, { status })
}

/** Two short secrets look the same once they are hidden; the diff still has to show that one became the other. */
function withUnseenChanges(result: unknown, changes: readonly Change[]): unknown {
  const unseen = changes.flatMap(({ path, before, after }): JsonPatchOperation[] =>
    before === after ? [{ op: 'replace', path, value: `${after} (changed)` }] : [],
  )
  return applyPatch(result, unseen)
}
