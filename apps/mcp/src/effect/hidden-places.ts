import { pointerOf, tokensOf, valueAt } from '@fairlead/contract/json/json-pointer'
import { isSecretName } from '@fairlead/service-kit/redaction/secret-names'
import { secretSpans } from '@fairlead/service-kit/redaction/secret-spans'
import type { Span } from '@fairlead/service-kit/redaction/span'
import type { Strength } from '@fairlead/service-kit/redaction/strength'
import { TEXT_LEVEL } from './deep-parts.ts'
import { isHiddenMark } from './hidden-value.ts'
import { isRecord } from './is-record.ts'
import { type Origin, originsIn } from './origins.ts'
import { type PlacedText, unchangedTexts } from './unchanged-texts.ts'

/** A string inside an object that may not be read, or only in part. */
export type HiddenString = {
  text: string
  path: string
  /** What may not be read of it, in order; `bytes` is what it stands for, base64 of Secrets decoded. */
  parts: readonly (Span & { bytes: Uint8Array })[]
  /** There is nothing else in it. */
  isWhole: boolean
  /** It is in the cluster already, at the same place. */
  isUnchanged: boolean
  origin: Origin
}

export type HowHidden = {
  strength: Strength
  /** What is in the cluster already, of the same object: a text of it that stays where it is is only read. */
  former?: unknown
  /** What the caller wrote of it: what it moved or brought sealed it does not know, and that stays so. */
  said?: unknown
}

/**
 * Copies the part of `object` at `path` with every string replaced that may not be read: all values of a Secret's `data`
 * and `stringData`, what is nested too deeply to be looked into, the manifest that kubectl keeps as an annotation, and
 * texts in which secrets stand. Of what is only read also values of variables with a telling name.
 */
export function replaceHidden(
  object: unknown,
  path: string,
  { strength, former, said }: HowHidden,
  replace: (hidden: HiddenString) => unknown,
): unknown {
  const isUnchangedAt = former === undefined ? () => false : unchangedTexts(former)
  const originOf = originsIn(object, said)
  const walk = (current: unknown, tokens: readonly string[]): unknown => {
    if (typeof current === 'string') {
      const place = { text: current, object, tokens }
      const isKept = isUnchangedAt(place)
      const origin = originOf(place)
      const isRead = isKept || origin === 'moved' || origin === 'sealed'
      const hidden = hiddenString(place, isRead ? 'read' : strength)
      return hidden === undefined ? current : replace({ ...hidden, isUnchanged: isKept, origin })
    }
    if (Array.isArray(current)) return current.map((element, index) => walk(element, [...tokens, String(index)]))
    if (!isRecord(current)) return current
    return Object.fromEntries(Object.entries(current).map(([key, entry]) => [key, walk(entry, [...tokens, key])]))
  }
  return walk(valueAt(object, path), tokensOf(path))
}

/** The manifest of an object as a text, Secrets and telling variables in it. */
const lastApplied = pointerOf(['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration'])

function hiddenString(place: PlacedText, strength: Strength): Omit<HiddenString, 'isUnchanged' | 'origin'> | undefined {
  const { text, tokens } = place
  const path = pointerOf(tokens)
  const whole = wholeSecret(place, strength, path)
  if (whole !== undefined) {
    return { text, path, parts: [{ start: 0, end: text.length, bytes: whole }], isWhole: true }
  }
  const parts = secretSpans(text, strength).map(({ start, end }) => {
    return { start, end, bytes: Buffer.from(text.slice(start, end)) }
  })
  return parts.length === 0 ? undefined : { text, path, parts, isWhole: false }
}

/** What a text stands for of which nothing may be read. */
function wholeSecret({ text, object, tokens }: PlacedText, strength: Strength, path: string): Uint8Array | undefined {
  if (isSecretData(object, tokens, strength)) {
    // Another group may have a kind of that name, whose data are of another form.
    const isEncoded = tokens[0] === 'data' && tokens.length === 2
    return isEncoded ? Buffer.from(text, 'base64') : Buffer.from(text)
  }
  const isTelling = strength === 'read' && isTellingVariable(object, tokens) && !isHiddenMark(text)
  // The last is the text of something that nobody has looked into.
  return isTelling || path === lastApplied || tokens.length >= TEXT_LEVEL ? Buffer.from(text) : undefined
}

/** A kind of that name in another group holds whatever its author likes, so what is written to it hides nothing. */
function isSecretData(object: unknown, tokens: readonly string[], strength: Strength): boolean {
  if (!isRecord(object) || object.kind !== 'Secret' || (tokens[0] !== 'data' && tokens[0] !== 'stringData'))
    return false
  return strength === 'read' || object.apiVersion === undefined || object.apiVersion === 'v1'
}

/** `…/env/2/value` of a variable whose name says that it is a secret. */
function isTellingVariable(object: unknown, tokens: readonly string[]): boolean {
  if (tokens.at(-1) !== 'value' || tokens.at(-3) !== 'env') return false
  const name = valueAt(object, pointerOf([...tokens.slice(0, -1), 'name']))
  return typeof name === 'string' && isSecretName(name)
}
