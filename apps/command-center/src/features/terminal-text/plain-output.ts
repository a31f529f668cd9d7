import { readEscapes } from './read-escapes.ts'

/** How long one slice may take. */
const SLICE_MS = 8

/** Output as it was sent, byte for byte, without escape sequences; in slices, as there may be a lot of it. */
export async function plainOutput(pieces: readonly string[]): Promise<string[]> {
  const out: string[] = []
  const sink = {
    text: (text: string) => out.push(text),
    lineFeed: () => out.push('\n'),
    carriageReturn: () => out.push('\r'),
    sgr: () => {},
  }
  let tail = ''
  let until = performance.now() + SLICE_MS
  for (const piece of pieces) {
    // Most pieces hold no sequence at all.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    if (tail === '' && !/[\x1b\x90\x98\x9b\x9d-\x9f]/.test(piece)) out.push(piece)
    else tail = readEscapes(tail + piece, sink)
    if (performance.now() < until) continue
    await new Promise((resolve) => setTimeout(resolve))
    until = performance.now() + SLICE_MS
  }
  return out
}
