const MAX_LETTERS = 4_000

/** As much of a question as is read: people ask before what they paste, or behind it. */
export function readablePart(question: string): string {
  if (question.length <= MAX_LETTERS) return question
  const half = MAX_LETTERS / 2
  return `${question.slice(0, half)} … ${question.slice(-half)}`
}
