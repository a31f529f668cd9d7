import type { EffectObject, Mask } from '@fairlead/contract/effect'
import { pointerOf, tokensOf } from '@fairlead/contract/json-pointer'
import { sealValue } from '@fairlead/contract/sealed-value'
import { nameForPeople, type ObjectWrite } from './effect-object.ts'
import { type HiddenSpan, maskedParts } from './masked-value.ts'
import { mayRun } from './may-run.ts'
import type { RiskSignal } from './risk.ts'
import { semanticObject } from './semantic-object.ts'

/** A mask of one object. */
export type ObjectMask = Omit<Mask, 'object'>

/**
 * Every span that is hidden in what is shown of a write. What would be written is sealed beside it, for the engine; what is
 * in the cluster already, or stays as it is, is not: nobody is to learn it from here.
 */
export function masksOf(write: ObjectWrite, shown: EffectObject, redactionKey: Uint8Array | undefined): ObjectMask[] {
  const { ref, before, after, writesStatus: status } = write
  const live = before && semanticObject(before, { status })
  const wanted = after && semanticObject(after, { status })
  const isShown = whatIsShown(shown)
  const hiddenIn = (object: unknown, how: Parameters<typeof maskedParts>[3]): HiddenSpan[] =>
    maskedParts(object, '', redactionKey, how).spans
  const former = hiddenIn(live, { strength: 'read' }).filter(isShown)
  const next = hiddenIn(wanted, { strength: 'written', former: live, opened: write.opened }).filter((span) =>
    // What stays stands in the diff, where it is the same on both sides.
    span.stands ? isShown.change(span.path) : isShown(span),
  )
  const { cluster, kind, namespace, name } = ref
  return [
    ...former.map((span): ObjectMask => ({ ...maskOf(span), side: 'before', executable: false })),
    ...next.map((span): ObjectMask => {
      if (span.stands) return { ...maskOf(span), side: 'after', executable: false }
      const executable = mayRun(wanted, tokensOf(span.path), span.text)
      const place = { cluster, kind, namespace, name, path: span.path }
      return {
        ...maskOf(span),
        side: 'after',
        executable,
        ...(redactionKey !== undefined && { sealed: sealValue(span.text, place, redactionKey) }),
      }
    }),
  ]
}

/** An approver who has not asked for a text that would run does not know what is approved. */
export function maskSignals({ ref }: Pick<ObjectWrite, 'ref'>, masks: readonly ObjectMask[]): RiskSignal[] {
  const hidden = masks.filter(({ executable }) => executable).length
  if (hidden === 0) return []
  const what = hidden === 1 ? 'a text' : `${hidden} texts`
  return [
    { risk: 'high', reason: `${what} of ${nameForPeople(ref)} that may run cannot be read here: ask to see all of it` },
  ]
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
