/** The beginning and the end of a text that may be far too long to hold. */
export type KeptText = {
  add(text: string): void
  /** What is kept, without a break where something was left out. */
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
      const room = most - head.length
      if (room > 0) head += text.slice(0, room)
      tail += room > 0 ? text.slice(room) : text
      // Cut seldom, since each cut copies.
      if (tail.length > 2 * most) tail = tail.slice(-most)
    },
    text: () => head + tail,
    length: () => length,
  }
}
