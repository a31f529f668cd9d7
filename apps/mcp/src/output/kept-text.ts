import { dropCutWord } from './drop-cut-word.ts'

/** The beginning and the end of a text that may be far too long to hold. */
export type KeptText = {
  add(text: string): void
  /** What is kept, `[…]` where something was left out, and no word that was cut there: secrets are not masked yet. */
  text(): string
  /** Characters in all. */
  length(): number
}

/** Keeps at least the first and the last `most` characters. */
export function createKeptText(most: number): KeptText {
  let head = ''
  let tail = ''
  let length = 0
  return {
    add(text) {
      length += text.length
      const available = most - head.length
      if (available > 0) head += text.slice(0, available)
      tail += available > 0 ? text.slice(available) : text
      // Cut seldom, since each cut copies.
      if (tail.length > 2 * most) tail = tail.slice(-most)
    },
    text() {
      if (length === head.length + tail.length) return head + tail
      // Of a line whose beginning is lost nobody knows what it would hide.
      const start = tail.search(/[\r\n]/) + 1
      return `${dropCutWord(head)}\n[…]\n${start === 0 ? '[its end is in a line that is too long]' : tail.slice(start)}`
    },
    length: () => length,
  }
}
