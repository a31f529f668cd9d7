/** `at`: its place among the parts, by which it is known. */
export type WordPart = { text: string; isChanged: boolean; at: number }
export type WordChanges = { before: WordPart[]; after: WordPart[] }

/** Beyond this many comparisons the middle is marked as a whole: it has little in common anyway. */
const mostCells = 250_000

/** The words that are in one text and not in the other, each side whole and in order. */
export function wordChanges(before: string, after: string): WordChanges {
  const [left, right] = [wordsOf(before), wordsOf(after)]
  let head = 0
  while (head < Math.min(left.length, right.length) && left[head] === right[head]) head++
  let tail = 0
  while (
    tail < Math.min(left.length, right.length) - head &&
    left[left.length - 1 - tail] === right[right.length - 1 - tail]
  ) {
    tail++
  }
  const kept = commonWords(left.slice(head, left.length - tail), right.slice(head, right.length - tail))
  const sides = { before: left, after: right }
  const partsOf = (side: 'before' | 'after') =>
    joined(
      sides[side].map((text, index, all) => {
        const isOuter = index < head || index >= all.length - tail
        return { text, isChanged: !isOuter && !kept[side].has(index - head) }
      }),
    )
  return { before: partsOf('before'), after: partsOf('after') }
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? []
}

/** A word in common says more than the blanks and signs around it. */
function weightOf(word = ''): number {
  return /[\p{L}\p{N}]/u.test(word) ? 4 : 1
}

/** Positions of the weightiest common subsequence on both sides. */
function commonWords(left: readonly string[], right: readonly string[]): Record<'before' | 'after', Set<number>> {
  const kept = { before: new Set<number>(), after: new Set<number>() }
  if (left.length * right.length > mostCells) return kept
  const width = right.length + 1
  const lengths = new Uint32Array((left.length + 1) * width)
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0
  for (let row = left.length - 1; row >= 0; row--) {
    for (let column = right.length - 1; column >= 0; column--) {
      lengths[row * width + column] =
        left[row] === right[column]
          ? at(row + 1, column + 1) + weightOf(left[row])
          : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  for (let row = 0, column = 0; row < left.length && column < right.length; ) {
    if (left[row] === right[column]) {
      kept.before.add(row++)
      kept.after.add(column++)
    } else if (at(row + 1, column) >= at(row, column + 1)) row++
    else column++
  }
  return kept
}

function joined(parts: readonly Omit<WordPart, 'at'>[]): WordPart[] {
  const runs: WordPart[] = []
  for (const part of parts) {
    const last = runs.at(-1)
    if (last?.isChanged === part.isChanged) last.text += part.text
    else runs.push({ ...part, at: runs.length })
  }
  return runs
}
