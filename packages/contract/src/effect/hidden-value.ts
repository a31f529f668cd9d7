/** A value that the tool server keeps to itself: its size and the beginning of a keyed hash, where it tells them. */
export type HiddenValue = { bytes: number | undefined; hash: string | undefined }

const mask = /^\*\*\*(?:\((\d+) bytes(?:, ([0-9a-f]+))?\))?$/

/** What is said of a value that is hidden whole; undefined of one that is not. */
export function hiddenIn(value: unknown): HiddenValue | undefined {
  if (typeof value !== 'string') return undefined
  if (value === '[redacted]') return { bytes: undefined, hash: undefined }
  const found = mask.exec(value)
  if (found === null) return undefined
  const [, bytes, hash] = found
  return { bytes: bytes === undefined ? undefined : Number(bytes), hash }
}

/** What the hashes of two hidden values say; undefined where one of them has none. */
export function compareHidden(before: unknown, after: unknown): 'same value' | 'another value' | undefined {
  const [left, right] = [hiddenIn(before)?.hash, hiddenIn(after)?.hash]
  if (left === undefined || right === undefined) return undefined
  return left === right ? 'same value' : 'another value'
}
