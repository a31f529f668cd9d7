/**
 * Where the pieces of a text lie on the stream, for cutting it at any id: `3:5,4;9:2` are the pieces 3 and 4 of 5 and 4
 * characters, then piece 9 of 2. Ids rise.
 */
export class PieceMarks {
  /** Each begins with the id of its first piece, then come the lengths of the pieces. */
  private readonly ranges: number[][] = []
  private last: number | undefined

  /** Id of the last piece; undefined without one. */
  get lastId(): number | undefined {
    return this.last
  }

  add(id: number, length: number): void {
    if (this.last !== undefined && id === this.last + 1) this.ranges.at(-1)?.push(length)
    else this.ranges.push([id, length])
    this.last = id
  }

  toString(): string {
    return this.ranges.map(([first, ...lengths]) => `${first}:${lengths}`).join(';')
  }
}

/** The pieces that a string of marks stands for: their ids and lengths. */
export function readPieceMarks(marks: string): { id: number; length: number }[] {
  return marks.split(';').flatMap((range) => {
    const [first, lengths = ''] = range.split(':')
    return lengths.split(',').map((length, index) => ({ id: Number(first) + index, length: Number(length) }))
  })
}
