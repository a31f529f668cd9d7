import { createReadStream } from 'node:fs'
import { MAX_IN_A_LINE, tooLong } from './not-an-export.ts'

export type Line = { number: number; text: string }

/**
 * Lines of a file, cut at line feeds alone: `readline` also cuts at U+2028, which JSON may hold. A line that is a large
 * body is held whole, nothing else is kept.
 * Throws NotAnExport at one that is longer than any of an export.
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let pieces: Buffer[] = []
  let held = 0
  let number = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, end))
      yield { number: ++number, text: Buffer.concat(pieces).toString() }
      pieces = []
      held = 0
      start = end + 1
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start))
    held += chunk.length - start
    if (held > MAX_IN_A_LINE) throw tooLong(`Line ${number + 1}`)
  }
  if (pieces.length > 0) yield { number: ++number, text: Buffer.concat(pieces).toString() }
}
