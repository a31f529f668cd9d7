const MOST_LETTERS = 4_000

/** As much of a question as is read: people ask before what they paste, or behind it. */
export function readablePart(question: string): string {
  if (question.length <= MOST_LETTERS) return question
  const half = MOST_LETTERS / 2
  return `${question.slice(0, half)} … ${question.slice(-half)}`
}
