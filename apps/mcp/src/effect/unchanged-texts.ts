import { isRecord } from './is-record.ts'

/** A text in an object, and where in it. */
export type PlacedText = { text: string; object: unknown; tokens: readonly string[] }

/** Whether a text is in `former` too, at the same place. */
export function unchangedTexts(former: unknown): (text: PlacedText) => boolean {
  const textsAt = textsByPlace(former)
  return (text) => textsAt(text).has(text.text)
}

/**
 * What stands in `former` at the place of a text. Elements of a list are at the same place when they have the same name,
 * wherever the list has moved them.
 */
export function textsByPlace(former: unknown): (place: Omit<PlacedText, 'text'>) => ReadonlySet<string> {
  const known = new Map<string, Set<string>>()
  const note = (value: unknown, place: string): void => {
    if (typeof value === 'string') {
      const texts = known.get(place) ?? new Set()
      known.set(place, texts.add(value))
    } else if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) note(element, placeIn(place, value, String(index)))
    } else if (isRecord(value)) {
      for (const [key, entry] of Object.entries(value)) note(entry, placeIn(place, value, key))
    }
  }
  note(former, '')
  return ({ object, tokens }) => known.get(placeOf(object, tokens)) ?? new Set()
}

function placeOf(object: unknown, tokens: readonly string[]): string {
  let place = ''
  let current = object
  for (const token of tokens) {
    place = placeIn(place, current, token)
    current = Array.isArray(current) ? current[Number(token)] : isRecord(current) ? current[token] : undefined
  }
  return place
}

function placeIn(place: string, holder: unknown, token: string): string {
  const element = Array.isArray(holder) ? holder[Number(token)] : undefined
  const isNamed = isRecord(element) && typeof element.name === 'string'
  return `${place}/${JSON.stringify(isNamed ? [element.name] : token)}`
}
