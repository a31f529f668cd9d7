import { open } from 'node:fs/promises'
import { MOST_IN_A_LINE, tooLong } from './not-an-export.ts'

const CHUNK = 64 * 1024

/** The last line of a file, read from its end; undefined when the file is empty. Throws NotAnExport at one too long. */
export async function readLastLine(path: string): Promise<string | undefined> {
  const file = await open(path)
  try {
    let { size: position } = await file.stat()
    const pieces: Buffer[] = []
    while (position > 0) {
      if (pieces.length * CHUNK > MOST_IN_A_LINE) throw tooLong('The last line')
      const length = Math.min(CHUNK, position)
      position -= length
      const piece = Buffer.alloc(length)
      await file.read(piece, 0, length, position)
      // The line feed that ends the last line does not begin it.
      const from = pieces.length === 0 && piece.at(-1) === 10 ? length - 2 : length - 1
      const feed = from < 0 ? -1 : piece.lastIndexOf(10, from)
      pieces.unshift(piece.subarray(feed + 1))
      if (feed >= 0) break
    }
    const text = Buffer.concat(pieces).toString().trimEnd()
    return text === '' ? undefined : text
  } finally {
    await file.close()
  }
}
