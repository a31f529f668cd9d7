import { closeSync, openSync, readSync } from 'node:fs'

const CHUNK_BYTES = 16 * 1024 * 1024
const newline = 0x0a

/**
 * Whole lines of a file that carry `mark`, from a byte on. The audit log of a long run is larger than a string may be:
 * it is read piece by piece.
 */
export function linesWith(file: string, mark: string, from = 0): string[] {
  const found: string[] = []
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  const descriptor = openSync(file, 'r')
  try {
    let begun = Buffer.alloc(0)
    let at = from
    for (;;) {
      const bytes = readSync(descriptor, chunk, 0, CHUNK_BYTES, at)
      if (bytes === 0) return found
      at += bytes
      const piece = Buffer.concat([begun, chunk.subarray(0, bytes)])
      const end = piece.lastIndexOf(newline) + 1
      begun = piece.subarray(end)
      const lines = piece.subarray(0, end)
      if (!lines.includes(mark)) continue
      for (const line of lines.toString('utf8').split('\n')) if (line.includes(mark)) found.push(line)
    }
  } finally {
    closeSync(descriptor)
  }
}
