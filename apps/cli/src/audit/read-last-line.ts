import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { MAX_IN_A_LINE, tooLong } from './not-an-export.ts'

const CHUNK = 64 * 1024

/** The last line of a file, found from its end; undefined when the file is empty. Throws NotAnExport at one too long. */
export async function readLastLine(path: string): Promise<string | undefined> {
  const { start, bytes } = await placeOf(path)
  if (bytes > MAX_IN_A_LINE) throw tooLong('The last line')
  const line = bytes === 0 ? '' : (await text(createReadStream(path, { start }))).trimEnd()
  return line === '' ? undefined : line
}

async function placeOf(path: string): Promise<{ start: number; bytes: number }> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const piece = Buffer.alloc(CHUNK)
    let start = size
    while (start > 0) {
      const before = Math.max(0, start - CHUNK)
      const { bytesRead } = await file.read(piece, 0, start - before, before)
      // The line feed that ends the last line does not begin it.
      const last = start === size && piece[bytesRead - 1] === 10 ? bytesRead - 2 : bytesRead - 1
      const feed = last < 0 ? -1 : piece.lastIndexOf(10, last)
      start = before + feed + 1
      if (feed >= 0) break
    }
    return { start, bytes: size - start }
  } finally {
    await file.close()
  }
}
