import { beginningOf, dropCutWord } from '../../../output/drop-cut-word.ts'
import { redactColouredText } from '../../../output/redact.ts'
import { stripControl } from '../../../output/untrusted-text.ts'

/** In characters. A longer line is held back until its end, and only its beginning is kept of it. */
export const longestLine = 64 * 1024
/** So much of a private key waits for its end; far more than one has. */
const longestKey = 64 * 1024

type LineEnds = { isCut(): boolean; onCut?(): void }

/**
 * The lines of a stream as they come, colour kept, secrets masked: nobody who looks for something in them finds it in one.
 *
 * @param end `isCut`: whether the end of the stream was no end of its text; `onCut` is told before each line that is cut
 */
export async function* maskedLines(stream: AsyncIterable<Uint8Array>, end: LineEnds): AsyncGenerator<string> {
  let held = ''
  for await (const lines of wholeLines(stream, end)) {
    held += lines.map((line) => `${line}\n`).join('')
    const ready = held.slice(0, readyLength(held))
    held = held.slice(ready.length)
    yield* masked(ready)
  }
  yield* masked(held)
}

/** All the lines that end in one piece of the stream, and at its end the last one. */
async function* wholeLines(stream: AsyncIterable<Uint8Array>, { isCut, onCut }: LineEnds): AsyncGenerator<string[]> {
  const decoder = new TextDecoder()
  let line = ''
  let length = 0
  const add = (text: string): void => {
    length += text.length
    line += text.slice(0, longestLine + 1 - line.length)
  }
  const take = (): string => {
    if (length > longestLine) onCut?.()
    const taken = length > longestLine ? `${beginningOf(stripControl(line), longestLine)} (${length} characters)` : line
    line = ''
    length = 0
    return taken
  }
  for await (const chunk of stream) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n')
    add(first)
    const ended = others.map((next) => {
      const whole = take()
      add(next)
      return whole
    })
    if (ended.length > 0) yield ended
  }
  add(decoder.decode())
  if (length > 0) yield [isCut() ? dropCutWord(take()) : take()]
}

/** All but a private key whose end has not come, or what may be one whose beginning was never seen. */
function readyLength(text: string): number {
  const begin = text.lastIndexOf('-----BEGIN ')
  const isOpen = begin !== -1 && beginOfKey.test(text.slice(begin, begin + 80)) && !endOfKey.test(text.slice(begin))
  const ready = isOpen ? text.lastIndexOf('\n', begin) + 1 : startOfBody(text)
  // What stands before the key in its line is none of it.
  return text.length - (isOpen ? begin : ready) <= longestKey ? ready : text.length
}

const beginOfKey = /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/
const endOfKey = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY/

/** Where the last lines begin that are nothing but base64, one of them as long as in the body of a key. */
function startOfBody(text: string): number {
  let start = text.length
  while (start > 0) {
    const before = text.lastIndexOf('\n', start - 2) + 1
    if (!base64Line.test(text.slice(before, start - 1))) break
    start = before
  }
  return longBase64.test(text.slice(start)) ? start : text.length
}

/** A timestamp or another first word aside; or the sum behind a key of OpenPGP. */
const base64Line = /^(?:\S{1,40}\s)?\s*(?:[A-Za-z0-9+/]+={0,2}|=[A-Za-z0-9+/]{4})\s*$/
const longBase64 = /[A-Za-z0-9+/]{48}/

function masked(text: string): string[] {
  return text === '' ? [] : redactColouredText(text.slice(0, -1)).split('\n')
}
