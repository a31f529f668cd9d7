import type { ProgressNotice } from '@fairlead/contract/tool-meta'
import { redactColouredText, redactText } from './output/redact.ts'

type Stream = ProgressNotice['stream']
type Piece = { stream: Stream; text: string; since: number }

const NOTICE_CHARS = 4096 / 4
const TICK_MS = 100
const LINE_WAIT_MS = 500
const MOST_CHARS = 256 * 1024
const WORKING_MS = 2_000
const LIMITED = 'live output is limited, the result has the end\n'

/** What a call shows while it runs. */
export type LiveOutput = {
  write(stream: Stream, text: string): void
  /** Sends what is left; nothing is sent after it. */
  end(): Promise<void>
}

/** Nobody asked for progress. */
export const noLiveOutput: LiveOutput = { write: () => undefined, end: async () => undefined }

/**
 * Gathers what a tool writes and sends it on ten times a second at most: whole lines, masked, numbered without gaps, 256
 * KiB in all. A slow reader delays notices, never the tool. `send` gets one notice at a time and may reject.
 */
export function createLiveOutput(send: (notice: ProgressNotice) => Promise<void>): LiveOutput {
  const queue: Piece[] = []
  let seq = 0
  let chars = 0
  let isLimited = false
  let hasEnded = false
  let sending: Promise<void> | undefined

  const deliver = (stream: Stream, raw: string): Promise<void> => {
    const text = redactColouredText(raw)
    return text === '' ? Promise.resolve() : send({ seq: ++seq, stream, text })
  }
  const sendNext = async (isLast: boolean): Promise<boolean> => {
    const piece = queue[0]
    if (piece === undefined) return false
    const length = sendableLength(piece, isLast)
    if (length === 0) return false
    const text = piece.text.slice(0, length)
    piece.text = piece.text.slice(length)
    piece.since = Date.now()
    if (piece.text === '') queue.shift()
    await deliver(piece.stream, text)
    return true
  }
  const tick = (): void => {
    sending ??= sendNext(false)
      .then(() => undefined)
      // The reader is gone: the call itself learns of it through its signal.
      .catch(() => undefined)
      .finally(() => {
        sending = undefined
      })
  }
  const ticking = setInterval(tick, TICK_MS)
  const working = setTimeout(() => write('status', 'working\n'), WORKING_MS)

  function write(stream: Stream, text: string): void {
    clearTimeout(working)
    if (hasEnded || isLimited || text === '') return
    chars += text.length
    const last = queue.at(-1)
    if (chars > MOST_CHARS) {
      isLimited = true
      queue.push({ stream: 'status', text: LIMITED, since: Date.now() })
    } else if (last?.stream === stream) {
      last.text += withNewlines(text)
    } else {
      queue.push({ stream, text: withNewlines(text), since: Date.now() })
    }
  }
  return {
    write,
    async end() {
      hasEnded = true
      clearInterval(ticking)
      clearTimeout(working)
      await sending
      // What is left at the end stands in the result too: ten notices are enough to close the picture.
      try {
        for (let notices = 0; notices < 10 && (await sendNext(true)); notices++);
      } catch {
        // As above.
      }
    },
  }
}

/** The first line without colour, for hosts that show a line of text. */
export function firstLineOf(text: string): string {
  return (redactText(text).split('\n')[0] ?? '').slice(0, 200)
}

/** A lone carriage return draws over its line; here each state of it is a line. */
function withNewlines(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n')
}

/** Whole lines; a line without an end after half a second, or when it is long. A PEM block is held back until its end. */
function sendableLength({ text, since }: Piece, isLast: boolean): number {
  const held = heldBack(text)
  const ready = held === -1 || isLast ? text : text.slice(0, held)
  if (ready.length === 0) return 0
  const window = ready.slice(0, NOTICE_CHARS)
  const end = window.lastIndexOf('\n') + 1
  if (end > 0) return end
  return isLast || window.length === NOTICE_CHARS || Date.now() - since >= LINE_WAIT_MS ? window.length : 0
}

function heldBack(text: string): number {
  const begin = text.lastIndexOf('-----BEGIN ')
  return begin === -1 || text.indexOf('-----END ', begin) !== -1 ? -1 : begin
}
