/** Edits between two words: a letter more, less, other, or two neighbours swapped. Gives up beyond `most` with `most + 1`. */
export function distance(a: string, b: string, most = 3): number {
  if (a === b) return 0
  if (Math.abs(a.length - b.length) > most || lettersApart(a, b) > 2 * most) return most + 1
  let twoBack: number[] = []
  let back = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const edits = [(back[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (back[column - 1] ?? 0) + (same ? 0 : 1)]
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwap) edits.push((twoBack[column - 2] ?? 0) + 1)
      current.push(Math.min(...edits))
    }
    if (Math.min(...current) > most) return most + 1
    twoBack = back
    back = current
  }
  return Math.min(back[b.length] ?? most + 1, most + 1)
}

/** How many letters only one of them has. An edit changes two of them at most, and most words differ in more. */
function lettersApart(a: string, b: string): number {
  let left = lettersOf(a) ^ lettersOf(b)
  let count = 0
  for (; left !== 0; left &= left - 1) count++
  return count
}

/** One bit for each letter; what is no letter shares them. */
function lettersOf(word: string): number {
  let letters = 0
  for (let at = 0; at < word.length; at++) letters |= 1 << (word.charCodeAt(at) & 31)
  return letters
}

/**
 * Whether a word is another with a slip of the finger: two neighbours swapped, a letter left out, or one struck twice.
 * With a letter instead of another it may well be a word of its own: `remote` is not `remove`.
 */
export function isMistyped(typed: string, word: string): boolean {
  if (typed[0] !== word[0] || !/^[a-z]+$/.test(typed) || distance(typed, word, 1) !== 1) return false
  if (typed.length <= word.length) return typed.length < word.length || lettersApart(typed, word) === 0
  return typed.replaceAll(/(.)\1/g, '$1') === word.replaceAll(/(.)\1/g, '$1')
}
