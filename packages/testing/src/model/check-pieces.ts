export type PieceCheck = {
  /** Takes what came, one piece or several joined; gives back when each of them was sent. */
  take(text: string): number[]
  /** How many pieces are not where they belong so far: lost, doubled, out of order. */
  faults(): number
}

/** Holds an answer of stamped pieces against what the model says: each of them once, one behind the other. */
export function checkPieces(expected: number): PieceCheck {
  let misplaced = 0
  let pieces = 0
  let next = 0
  return {
    take: (text) =>
      text
        .trimEnd()
        .split(' ')
        .map((piece) => {
          const [number, sentAt] = piece.split('@').map(Number) as [number, number]
          // Doubled or out of order, it is not the next; what is missing shows in the count.
          if (number !== next) misplaced += 1
          next = number + 1
          pieces += 1
          return sentAt
        }),
    faults: () => misplaced + Math.abs(expected - pieces),
  }
}
