import { withoutEscapes } from '../terminal-text/read-escapes.ts'

/** Beyond this only the beginnings and the ends are compared. */
const COMPARED = 262_144
const EDGE = 16_384

/**
 * How a result stands to what was shown while the call ran. `same`: the same text. `more`: the same, and then more;
 * `rest` is what the terminal lacks. `contains`: somewhere in it. `other`: something else.
 */
export type Relation = { kind: 'same' | 'contains' | 'other' } | { kind: 'more'; rest: string }

/** Escape sequences and trailing blanks aside. `isCut`: the result is a head and a tail of a longer text. */
export function compareOutput(live: readonly string[], result: string, isCut: boolean): Relation {
  const size = live.reduce((total, { length }) => total + length, 0)
  if (isCut || size > COMPARED) {
    const shown = edges(live)
    const [head, tail] = [bare(result.slice(0, EDGE)), bare(result.slice(-EDGE))]
    const short = Math.min(head.length, shown.head.length, EDGE / 2)
    const isSame =
      head.slice(0, short) === shown.head.slice(0, short) && tail.slice(-short) === shown.tail.slice(-short)
    return { kind: isSame && short > 0 ? 'same' : 'other' }
  }
  const shown = bare(live.join(''))
  const said = bare(result)
  if (shown === said) return { kind: 'same' }
  if (shown === '') return { kind: 'other' }
  if (said.startsWith(`${shown}\n`)) return { kind: 'more', rest: said.slice(shown.length + 1) }
  return { kind: said.includes(shown) ? 'contains' : 'other' }
}

const bare = (text: string) =>
  withoutEscapes(text)
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+$/gm, '')
    .trimEnd()

function edges(pieces: readonly string[]): { head: string; tail: string } {
  let [head, tail] = ['', '']
  for (let i = 0; i < pieces.length && head.length < EDGE; i++) head += pieces[i]
  for (let i = pieces.length - 1; i >= 0 && tail.length < EDGE; i--) tail = pieces[i] + tail
  return { head: bare(head.slice(0, EDGE)), tail: bare(tail.slice(-EDGE)) }
}
