/** Characters that the engine takes in one message. */
export const LONGEST_MESSAGE = 32_000

/** What to say about the length of a text; undefined while it is far from the limit. */
export function lengthNote(text: string): { text: string; isTooLong: boolean } | undefined {
  const { length } = text.trim()
  const count = (n: number) => n.toLocaleString('en')
  if (length > LONGEST_MESSAGE) {
    const over = length - LONGEST_MESSAGE
    return {
      text: `${count(length)} of ${count(LONGEST_MESSAGE)} characters: ${count(over)} too many to send`,
      isTooLong: true,
    }
  }
  if (length < LONGEST_MESSAGE * 0.9) return undefined
  return { text: `${count(length)} of ${count(LONGEST_MESSAGE)} characters`, isTooLong: false }
}
