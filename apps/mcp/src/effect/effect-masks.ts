import type { EffectObject, Mask } from '@fairlead/contract/effect/effect'
import { pointerOf, tokensOf } from '@fairlead/contract/json/json-pointer'
import { sealValue } from '@fairlead/contract/sealed-value'
import { ToolError } from '../tool/tool-error.ts'
import { nameForPeople, type ObjectWrite } from './effect-object.ts'
import { keySourceOf } from './highlights/execution/key-sources.ts'
import { keysRun } from './highlights/execution/keys-run.ts'
import type { Pod } from './highlights/pods.ts'
import { type HiddenSpan, maskedParts } from './masked-value.ts'
import { mayRun } from './may-run.ts'
import type { RiskSignal } from './risk.ts'
import { semanticObject } from './semantic-object.ts'

/** A mask of one object. */
export type ObjectMask = Omit<Mask, 'object'>

/**
 * Every span that is hidden in what is shown of a write. What its caller said is sealed beside it, for the engine; what
 * comes out of the cluster is not: nobody is to learn it from here. Throws a ToolError where that would run at a place
 * where it was not before, since nobody could know what is approved.
 */
export function masksOf(
  write: ObjectWrite,
  shown: EffectObject,
  redactionKey: Uint8Array | undefined,
  /** All that are known of its namespace. */
  pods: readonly Pod[] = [],
): { masks: ObjectMask[]; signals: RiskSignal[] } {
  const { ref, before, after, said, writesStatus: status } = write
  const live = before && semanticObject(before, { status })
  const wanted = after && semanticObject(after, { status })
  const isShown = whatIsShown(shown)
  const hiddenIn = (object: unknown, how: Parameters<typeof maskedParts>[3]): HiddenSpan[] =>
    maskedParts(object, '', redactionKey, how).spans
  const standing = hiddenIn(live, { strength: 'read' })
  const former = standing.filter(isShown)
  const coming = hiddenIn(wanted, { strength: 'written', former: live, said })
  const next = coming.filter((span) =>
    // What stays stands in the diff, where it is the same on both sides.
    span.isUnchanged ? isShown.change(span.path) : isShown(span),
  )
  const { cluster, kind, namespace, name } = ref
  const masks = former.map((span): ObjectMask => ({ ...maskOf(span), side: 'before', executable: false }))
  const source = after && keySourceOf(after)
  const isRunKey = source && keysRun(pods, source)
  const mayRunIn = (object: unknown) => (span: HiddenSpan) => mayRun(object, tokensOf(span.path), span.text, isRunKey)
  const ranBefore = new Set(standing.filter(mayRunIn(live)).map(({ text }) => text))
  const isNewlyRun = coming.some((span) => span.isUnchanged && !ranBefore.has(span.text) && mayRunIn(wanted)(span))
  let isPutBack = false
  for (const span of next) {
    const runs = !span.isUnchanged && mayRunIn(wanted)(span)
    const isSaid = !span.isUnchanged && span.origin === 'said'
    const comesBack = span.origin === 'sealed' || (span.origin === 'unknown' && write.putsBack === true)
    const isRendered = span.origin === 'unknown' && !span.isUnchanged && write.isRendered === true
    const isNew = isSaid || isRendered
    if (runs && !isNew && !comesBack) throw runsUnread(write, span.path)
    if (runs && !isNew) isPutBack = true
    const place = { cluster, kind, namespace, name, path: span.path }
    masks.push({
      ...maskOf(span),
      side: 'after',
      executable: runs && isNew,
      ...(isNew && redactionKey !== undefined && { sealed: sealValue(span.text, place, redactionKey) }),
    })
  }
  const signals = [
    ...hidingSignals(write, masks),
    ...(isPutBack ? [putBackSignal(write)] : []),
    ...(isNewlyRun ? [newlyRunSignal(write)] : []),
  ]
  return { masks, signals }
}

function runsUnread({ ref }: ObjectWrite, path: string): ToolError {
  return new ToolError(
    'Refused',
    `what would come to ${path} of ${nameForPeople(ref)} may run there, is hidden, and is not what the call itself says, so nobody could know what is approved. Write the text itself.`,
  )
}

/** An approver who has not asked for a text that would run does not know what is approved. */
function hidingSignals({ ref }: ObjectWrite, masks: readonly ObjectMask[]): RiskSignal[] {
  const hidden = masks.filter(({ executable }) => executable).length
  if (hidden === 0) return []
  const what = hidden === 1 ? 'a text' : `${hidden} texts`
  return [
    { risk: 'high', reason: `${what} of ${nameForPeople(ref)} that may run cannot be read here: ask to see all of it` },
  ]
}

function putBackSignal({ ref }: ObjectWrite): RiskSignal {
  const reason = `puts back what may run of ${nameForPeople(ref)} as it was, which nobody may read here`
  return { risk: 'high', reason }
}

/** What was of no account when it was approved. */
function newlyRunSignal({ ref }: ObjectWrite): RiskSignal {
  const reason = `may run what stands in ${nameForPeople(ref)} already and did not run before, which nobody may read here`
  return { risk: 'high', reason }
}

function maskOf({ path, at, bytes, hash }: HiddenSpan): Pick<Mask, 'path' | 'at' | 'bytes' | 'hash'> {
  return { path, at, bytes, ...(hash !== undefined && { hash }) }
}

const anyMark = /\*{3}(?:\(\d+ bytes, [0-9a-f]{12}\))?/g

/** Whether a hidden span stands in the changes, or its mark in the diff, which shows some of what stays around them. */
function whatIsShown({ changes, diff = '' }: EffectObject) {
  const marks = new Set(diff.match(anyMark) ?? [])
  const paths = new Set(changes.map(({ path }) => path))
  const change = (path: string): boolean => {
    const tokens = tokensOf(path)
    return tokens.some((_, depth) => paths.has(pointerOf(tokens.slice(0, depth)))) || paths.has(path)
  }
  return Object.assign(({ path, mark }: HiddenSpan) => marks.has(mark) || change(path), { change })
}
