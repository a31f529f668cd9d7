import type { Effect, EffectObject, Mask } from '@fairlead/contract/effect/effect'
import { tokensOf, valueAlong } from '@fairlead/contract/json/json-pointer'

/** What stands in place of a hidden text; of one with a hash it says which text it is. */
const markAt = /\*{3}(?:\(\d+ bytes, [0-9a-f]{12}\))?/y

/** One text of an object as it was shown, and as it will be written. */
type Written = { object: number; path: string; shown: string; written: string; texts: ReadonlyMap<string, string> }

/**
 * The effect with the texts that would be written in place of their marks: in the changes, and wherever the same text
 * stands in highlights and in the lines that the diff adds. `texts` are in the order of the masks; what has none stays
 * hidden. `isWhole`: no text that could run is hidden any more.
 */
export function unmaskedEffect(
  effect: Effect,
  texts: readonly (string | undefined)[],
): { effect: Effect; isWhole: boolean } {
  const masks = (effect.masks ?? []).map((mask, index) => ({ mask, text: texts[index] }))
  const written: Written[] = []
  const left: Mask[] = []
  const byText = Map.groupBy(masks, ({ mask: { object, path, side } }) => JSON.stringify([object, path, side]))
  for (const own of byText.values()) {
    const [first] = own
    if (first === undefined) continue
    const { mask } = first
    const shown = mask.side === 'after' ? shownText(effect.objects[mask.object], mask.path) : undefined
    const replaced = shown === undefined ? undefined : inText(shown, own)
    if (shown !== undefined && replaced !== undefined) {
      written.push({ object: mask.object, path: mask.path, shown, written: replaced.text, texts: replaced.texts })
    }
    left.push(...(replaced?.left ?? own.map(({ mask: hidden }) => hidden)))
  }
  const objects = effect.objects.map((object, index) =>
    writtenObject(
      object,
      written.filter((one) => one.object === index),
    ),
  )
  const highlights = effect.highlights?.map((highlight) => ({
    ...highlight,
    fact: written
      .filter(({ object }) => object === highlight.object)
      .reduce((fact, { shown, written: text }) => fact.replaceAll(shown, () => text), highlight.fact),
  }))
  return {
    effect: { ...effect, objects, ...(highlights && { highlights }), ...(effect.masks && { masks: left }) },
    isWhole: !left.some(({ executable }) => executable),
  }
}

/** The text of the changes at a pointer into the object, as it is shown. */
function shownText(object: EffectObject | undefined, path: string): string | undefined {
  for (const change of object?.changes ?? []) {
    const inner = below(change.path, path)
    const value = inner && valueAlong(change.after, inner)
    if (typeof value === 'string') return value
  }
  return undefined
}

function below(path: string, deeper: string): string[] | undefined {
  const [head, whole] = [tokensOf(path), tokensOf(deeper)]
  return head.every((token, at) => token === whole[at]) ? whole.slice(head.length) : undefined
}

/** Puts the texts where their marks begin, from the first on; places behind move along. `texts` are by their marks. */
function inText(shown: string, masks: readonly { mask: Mask; text: string | undefined }[]) {
  const left: Mask[] = []
  const texts = new Map<string, string>()
  let [text, from] = ['', 0]
  for (const { mask, text: hidden } of masks.toSorted((a, b) => a.mask.at - b.mask.at)) {
    markAt.lastIndex = mask.at
    const mark = mask.at < from ? undefined : markAt.exec(shown)?.[0]
    text += mark === undefined ? '' : shown.slice(from, mask.at)
    if (mark === undefined || hidden === undefined) {
      left.push({ ...mask, at: text.length + (mark === undefined ? mask.at - from : 0) })
      text += mark ?? ''
    } else {
      texts.set(mark, hidden)
      text += hidden
    }
    from = mark === undefined ? from : mask.at + mark.length
  }
  return { text: text + shown.slice(from), left, texts }
}

function writtenObject(object: EffectObject, written: readonly Written[]): EffectObject {
  if (written.length === 0) return object
  const changes = object.changes.map((change) => {
    let { after } = change
    for (const { path, written: text } of written) {
      const inner = below(change.path, path)
      if (inner !== undefined && typeof valueAlong(after, inner) === 'string') after = withText(after, inner, text)
    }
    return after === undefined ? change : { ...change, after }
  })
  return { ...object, changes, ...(object.diff !== undefined && { diff: writtenDiff(object.diff, written) }) }
}

function withText(value: unknown, [token, ...rest]: readonly string[], text: string): unknown {
  if (token === undefined) return text
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === token ? withText(item, rest, text) : item))
  return { ...(value as object), [token]: withText((value as Record<string, unknown>)[token], rest, text) }
}

const hashedMark = /\*{3}\(\d+ bytes, [0-9a-f]{12}\)/g

/** Lines that are added, with the text of each mark whose hash says which text it is; further lines of it are added too. */
function writtenDiff(diff: string, written: readonly Written[]): string {
  const texts = new Map(written.flatMap((one) => [...one.texts]))
  const line = (added: string) => added.replace(hashedMark, (mark) => texts.get(mark)?.replaceAll('\n', '\n+') ?? mark)
  return diff
    .split('\n')
    .map((added) => (added.startsWith('+') ? line(added) : added))
    .join('\n')
}
