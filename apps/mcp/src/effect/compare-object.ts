import type { Change, EffectObject, ObjectVerdict } from '@fairlead/contract/effect/effect'
import type { Strength } from '@fairlead/service-kit/redaction/strength'
import { withoutGenerated } from '../effect/generated-fields.ts'
import { isRecord } from '../effect/is-record.ts'
import type { KubeObject } from '../effect/kube-object.ts'
import { maskedValue } from '../effect/masked-value.ts'
import { semanticObject } from '../effect/semantic-object.ts'

type Compared = Pick<ObjectVerdict, 'at' | 'differences'>

/** What is there, in both forms in which an effect may show it. */
type Actual = { read: unknown; written: unknown }

/**
 * How an object that is there stands to the changes that were approved for it. Values that are hidden in the effect are
 * hidden here in the same way, so that equal hashes mean equal values; `isStillToDo` answers for those whose hash is
 * not shown, from the call's own arguments.
 */
export function compareObject(
  approved: EffectObject,
  live: KubeObject,
  { redactionKey, isStillToDo }: { redactionKey: Uint8Array | undefined; isStillToDo: (path: string) => boolean },
): Compared {
  if (approved.uid !== undefined && approved.uid !== live.metadata.uid) {
    return {
      at: 'neither',
      differences: [{ path: '/metadata/uid', approved: approved.uid, actual: live.metadata.uid }],
    }
  }
  // What a creation is approved without, the server makes up: a list that has it besides is no other list.
  const made = approved.changes.find(({ path }) => path === '')?.after
  const whole = semanticObject(withoutGenerated(live, { manifest: made }).object)
  // What no effect shows is not shown here either, whatever path is asked for.
  const parts = semanticObject(live, { status: true })
  // What is to be written hides less than what is read, and what stays as it is is only read.
  const actualAt = (path: string): Actual => {
    const at = (strength: Strength) => maskedValue(path === '' ? whole : parts, path, redactionKey, { strength })
    return { read: at('read'), written: at('written') }
  }
  const holds = (change: Change, side: 'before' | 'after', actual: Actual): boolean => {
    if (isIndistinct(change)) return side === 'after' ? !isStillToDo(change.path) : isStillToDo(change.path)
    return contains(actual, change[side], change.path)
  }
  const seen = approved.changes.map((change) => ({ change, actual: actualAt(change.path) }))
  const differences = seen
    .filter(({ change, actual }) => !holds(change, 'after', actual))
    .map(({ change: { path, after }, actual }) => ({ path, approved: after, actual: actual.read }))
  if (differences.length === 0) return { at: 'after', differences }
  return { at: seen.every(({ change, actual }) => holds(change, 'before', actual)) ? 'before' : 'neither', differences }
}

/** Two secrets too short to be hashed look the same. */
function isIndistinct({ before, after }: Change): boolean {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(after)
}

/**
 * What was approved is there. Controllers add to what they were given (annotations, finalizers, fields of a status), so
 * more keys are no difference; a list outside the metadata must be the same list.
 */
function contains({ read, written }: Actual, approved: unknown, path: string): boolean {
  if (isRecord(approved)) {
    if (!isRecord(read) || !isRecord(written)) return false
    return Object.entries(approved).every(
      ([key, value]) =>
        Object.hasOwn(read, key) && contains({ read: read[key], written: written[key] }, value, `${path}/${key}`),
    )
  }
  if (Array.isArray(approved)) {
    if (!Array.isArray(read) || !Array.isArray(written) || read.length < approved.length) return false
    if (read.length > approved.length && !path.startsWith('/metadata')) return false
    return approved.every((value, index) =>
      contains({ read: read[index], written: written[index] }, value, `${path}/${index}`),
    )
  }
  return Object.is(read, approved) || Object.is(written, approved)
}
