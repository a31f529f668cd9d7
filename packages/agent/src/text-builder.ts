/** Joined in good time, pieces are gone before the first collection of young objects has to carry them along. */
const piecesTogether = 16

/**
 * A text that comes in thousands of small pieces. Strings that are added to each other stay a chain of all their pieces
 * until somebody reads them: three times the memory of the text, all of it carried by the collector.
 */
export class TextBuilder {
  private readonly joined: string[] = []
  private pieces: string[] = []

  add(piece: string): void {
    this.pieces.push(piece)
    if (this.pieces.length < piecesTogether) return
    this.joined.push(this.pieces.join(''))
    this.pieces = []
  }

  toString(): string {
    return [...this.joined, ...this.pieces].join('')
  }
}
