import { randomUUID } from 'node:crypto'
import { isRecord } from './is-record.ts'
import { type StandingText, textsByPlace } from './standing-texts.ts'

/** Stands in what a caller said for a text of the cluster that it moved, and never read. No caller can say it. */
export const UNREAD = `unread ${randomUUID()}`
/** The same for a text that this server once sealed for its place, and that the caller brings back. */
export const SEALED = `sealed ${randomUUID()}`

/**
 * How a text came to its place in what would be written: the caller said it, moved it there from elsewhere in the object,
 * or brought it sealed; `unknown` when the server put it there.
 */
export type Origin = 'said' | 'moved' | 'sealed' | 'unknown'

/** Tells of each text in `object` how it came there. `said` is what the caller wrote, in the form of the object. */
export function originsIn(object: unknown, said: unknown): (text: StandingText) => Origin {
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
