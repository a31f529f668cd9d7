import { randomUUID } from 'node:crypto'
import { isRecord } from './is-record.ts'
import { type PlacedText, textsByPlace } from './unchanged-texts.ts'

/** The mark for a text that the caller moved within the object without reading it. Random, so that no caller can send it. */
export const UNREAD = `unread ${randomUUID()}`
/** The mark for a text that this server sealed for its place, and that the caller brings back. */
export const SEALED = `sealed ${randomUUID()}`

/**
 * How a text came to its place in what would be written.
 * - `said`: the caller wrote it, so it knows the text.
 * - `moved`: the caller moved it from elsewhere in the object, unread (a JSON patch `move` or `copy`).
 * - `sealed`: this server gave it out encrypted for that place alone, and the caller brought it back.
 * - `unknown`: the server put it there.
 */
export type Origin = 'said' | 'moved' | 'sealed' | 'unknown'

/** The origin of each text in `object`. `said` is what the caller wrote, in the form of the object. */
export function originsIn(object: unknown, said: unknown): (text: PlacedText) => Origin {
  if (said === undefined) return () => 'unknown'
  const textsAt = textsByPlace(isSecret(object) ? asData(said) : said)
  return (text) => {
    const there = textsAt(text)
    if (there.has(UNREAD)) return 'moved'
    if (there.has(SEALED)) return 'sealed'
    return there.has(text.text) ? 'said' : 'unknown'
  }
}

function isSecret(object: unknown): boolean {
  return isRecord(object) && object.kind === 'Secret' && object.apiVersion === 'v1'
}

/** As the server keeps a Secret: data alone, in base64 of one form. */
function asData(said: unknown): unknown {
  if (!isRecord(said)) return said
  const entries = ([field, encoded]: readonly [string, (text: string) => string]) => {
    const values = said[field]
    return Object.entries(isRecord(values) ? values : {}).map(([key, value]) => {
      const text = String(value)
      return [key, text === UNREAD || text === SEALED ? text : encoded(text)]
    })
  }
  const data = [
    ...entries(['data', (text) => Buffer.from(text, 'base64').toString('base64')]),
    ...entries(['stringData', (text) => Buffer.from(text).toString('base64')]),
  ]
  return { ...said, data: Object.fromEntries(data) }
}
