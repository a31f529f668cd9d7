import type { ProgressNotice } from '@fairlead/contract/tool/tool-meta'
import { dropCutWord } from '../output/drop-cut-word.ts'
import { redactColouredText, redactText } from '../output/redact.ts'

type Stream = ProgressNotice['stream']
/** `keySince`: since when it holds the beginning of a private key and not its end. */
type Piece = { text: string; since: number; keySince?: number }
type Waiting = { stream: Stream; text: string; size: number }

/** Of at most four bytes each: 4 KiB. */
const NOTICE_CHARS = 1024
const MESSAGE_CHARS = 200
/** A character of two halves is not torn apart. */
const HALF_AT_END = /[\uD800-\uDBFF]$/
const TICK_MS = 100
const LINE_WAIT_MS = 500
/** A private key is held back until its end, but for no longer, and of no more lines. */
const KEY_WAIT_MS = 2_000
const KEY_LINES = 64
/** So much of a key that was shown torn is kept, to tell what goes on with it. */
const MAX_TORN_CHARS = 64 * 1024
const LIMITED = 'live output is limited, the result has the end\n'
/** Of the 256 KiB of a call, what is left for its text. */
const MAX_BYTES = 256 * 1024 - LIMITED.length
/** Of what is not masked yet. */
const MAX_GATHERED_CHARS = 256 * 1024
const MAX_A_SECOND = 10
const WORKING_MS = 2_000
/** So long the end of a call waits for its last notices to be taken. */
const LAST_MS = 200

/** What a call shows while it runs. */
export type LiveOutput = {
  write(stream: Stream, text: string): void
  /** Sends what is left; nothing is sent after it. `isCut`: what was written last may not have been the end of its text. */
  end(options?: { isCut: boolean }): Promise<void>
}

/** For a call without a progress token. */
export const noLiveOutput: LiveOutput = { write: () => undefined, end: async () => undefined }

/**
 * Gathers what a tool writes and sends it on ten times a second at most: whole lines, masked, numbered without gaps, 256
 * KiB in all. A slow reader delays notices, never the tool: of what waits for it the oldest is left out. `send` gets one
 * notice at a time and may reject; one that is not taken in time is not waited for.
 */
export function createLiveOutput(send: (notice: ProgressNotice) => Promise<void>): LiveOutput {
  /** One for each stream: what belongs together in one of them is never torn apart by another. */
  const gathered = new Map<Stream, Piece>()
  /** What has been sent of a line, or a key, without an end; the rest of it is masked as a part of the whole. */
  const begun = new Map<Stream, string>()
  const outbox: Waiting[] = []
  let seq = 0
  /** Of what was sent and of what waits. */
  let bytes = 0
  /** Something was left out, which is said once. */
  let isLimited = false
  let isLimitSent = false
  /** Nothing more is taken in. */
  let isFull = false
  /** When the last ten notices were sent. */
  const sentAt: number[] = []
  let hasEnded = false
  let sending: Promise<void> | undefined

  /** Masked before it is cut into notices, so that no secret is cut in two. */
  const release = ({ isLast, isCut = false }: { isLast: boolean; isCut?: boolean }): void => {
    for (const [stream, piece] of gathered) {
      const line = begun.get(stream) ?? ''
      const length = releasableLength(piece, { line, isLast })
      const next = piece.text.slice(0, length)
      const text = continued(line, isCut ? dropCutWord(next) : next)
      const whole = line + next
      begun.set(stream, whole.slice(startOfUnended(whole)))
      for (const each of noticesOf(text)) queue(stream, each)
      if (length === piece.text.length) gathered.delete(stream)
      else piece.text = piece.text.slice(length)
    }
  }
  /** What comes while others wait joins them. */
  const queue = (stream: Stream, text: string): void => {
    const size = Buffer.byteLength(text)
    const last = outbox.findLast((each) => each.stream === stream)
    if (last !== undefined && last.text.length + text.length <= NOTICE_CHARS) {
      last.text += text
      last.size += size
    } else outbox.push({ stream, text, size })
    bytes += size
    while (bytes > MAX_BYTES) leaveOutOldest()
    // Not even the newest finds room: as much as may be has been sent.
    if (outbox.length === 0) isFull = true
  }
  const leaveOutOldest = (): void => {
    bytes -= outbox.shift()?.size ?? 0
    isLimited = true
  }
  const noticesLeft = (): number => MAX_A_SECOND - sentAt.filter((at) => Date.now() - at < 1_000).length
  const isLimitDue = (): boolean => isLimited && !isLimitSent
  const hasNext = (): boolean => isLimitDue() || outbox.length > 0
  const sendNext = async (): Promise<void> => {
    const notice = isLimitDue() ? { stream: 'status' as const, text: LIMITED } : outbox.shift()
    if (notice === undefined) return
    isLimitSent = isLimited
    sentAt.push(Date.now())
    if (sentAt.length > MAX_A_SECOND) sentAt.shift()
    const { stream, text } = notice
    await send({ seq: ++seq, stream, text })
  }
  const tick = (): void => {
    release({ isLast: false })
    // Kept for the end, where each of two streams may have something left.
    if (noticesLeft() <= 2) return
    sending ??= sendNext()
      // The reader is gone: the call itself learns of it through its signal.
      .catch(() => undefined)
      .finally(() => {
        sending = undefined
      })
  }
  /** Most calls have ended before they have anything to show. */
  let ticking: NodeJS.Timeout | undefined
  const working = setTimeout(() => write('status', 'working\n'), WORKING_MS)

  /** A lone carriage return draws over its line; here each state of it is a line. */
  function write(stream: Stream, text: string): void {
    clearTimeout(working)
    if (hasEnded || isFull || text === '') return
    ticking ??= setInterval(tick, TICK_MS)
    const { text: before, since } = gathered.get(stream) ?? { text: '', since: Date.now() }
    isFull = before.length + text.length > MAX_GATHERED_CHARS
    if (isFull) isLimited = true
    else gathered.set(stream, { text: before + text.replaceAll('\r\n', '\n').replaceAll('\r', '\n'), since })
  }
  const sendRest = async (): Promise<void> => {
    await sending
    while (hasNext()) await sendNext()
  }
  return {
    write,
    async end({ isCut } = { isCut: false }) {
      hasEnded = true
      clearInterval(ticking)
      clearTimeout(working)
      release({ isLast: true, isCut: isCut || isFull })
      // What finds no room any more stands in the result, which is not to wait for it.
      const left = noticesLeft()
      while (outbox.length > 0 && outbox.length + Number(isLimitDue()) > left) leaveOutOldest()
      if (sending === undefined && !hasNext()) return
      await withinTime(sendRest(), LAST_MS)
      while (outbox.length > 0) leaveOutOldest()
      // Into the hands of a transport that keeps the order; the reader may come back to it.
      if (hasNext()) sendNext().catch(() => undefined)
    },
  }
}

/** The first line without colour, for hosts that show a line of text. */
export function firstLineOf(text: string): string {
  const line = (redactText(text).split('\n')[0] ?? '').slice(0, MESSAGE_CHARS)
  return line.replace(HALF_AT_END, '')
}

async function withinTime(done: Promise<void>, ms: number): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([done.catch(() => undefined), over])
  clearTimeout(timer)
}

/** What is shown of `next` behind the beginning of its line. */
function continued(line: string, next: string): string {
  const all = redactColouredText(line + next)
  const sent = line === '' ? '' : redactColouredText(line)
  // The beginning may turn out to be one of a secret: what was shown of it is not taken back, and the rest is not shown.
  let same = 0
  while (same < sent.length && sent[same] === all[same]) same++
  return all.slice(same)
}

/** Whole lines; a line without an end after half a second. */
function releasableLength(piece: Piece, { line, isLast }: { line: string; isLast: boolean }): number {
  const { text, since } = piece
  if (isLast) return text.length
  const ready = withoutOpenKey(piece, line)
  const end = ready.lastIndexOf('\n') + 1
  return end === 0 && Date.now() - since >= LINE_WAIT_MS ? withoutLastWord(ready).length : end
}

/** A private key that has no end yet is waited for, a while. Its beginning may stand in what was sent of the line. */
function withoutOpenKey(piece: Piece, line: string): string {
  const begin = startOfOpenKey(line + piece.text)
  if (begin === undefined) {
    piece.keySince = undefined
    return piece.text
  }
  piece.keySince ??= Date.now()
  const isOver = Date.now() - piece.keySince >= KEY_WAIT_MS || piece.text.split('\n', KEY_LINES + 1).length > KEY_LINES
  return isOver ? piece.text : piece.text.slice(0, Math.max(0, begin - line.length))
}

const beginOfKey = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/g
const endOfKey = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY/

function startOfOpenKey(text: string): number | undefined {
  const begin = [...text.matchAll(beginOfKey)].at(-1)?.index
  return begin === undefined || endOfKey.test(text.slice(begin)) ? undefined : begin
}

/** Where the last line begins, or a key that may go on behind it: nothing stands there but the key. */
function startOfUnended(text: string): number {
  const line = text.lastIndexOf('\n') + 1
  const begin = startOfOpenKey(text)
  if (begin === undefined || text.length - begin > MAX_TORN_CHARS) return line
  const start = text.lastIndexOf('\n', begin) + 1
  const shown = redactColouredText(text.slice(begin))
  return onlyKey.test(shown) ? Math.min(start, line) : line
}

/** A mask alone, or the mark that begins a key and its headers. */
const onlyKey = /^(?:\*{3}\s*|-----BEGIN [A-Z0-9 ]*-----\s*(?:[A-Z][A-Za-z-]*: .*\s*)*)$/

/** A word that may go on may be the first half of a secret, and dashes the first of a private key. */
function withoutLastWord(text: string): string {
  let start = text.length
  while (start > 0 && !/\s/.test(text[start - 1] ?? '')) start--
  const word = text.slice(start)
  const mayGoOn = word.endsWith('-') || (word.length >= SHORTEST_HELD && /[A-Za-z0-9]/.test(word))
  return mayGoOn ? text.slice(0, start) : text
}

const SHORTEST_HELD = 4

function noticesOf(text: string): string[] {
  const notices: string[] = []
  for (let rest = text; rest !== ''; ) {
    const window = rest.slice(0, NOTICE_CHARS)
    const lineEnd = window.lastIndexOf('\n') + 1
    const cut = rest.length <= NOTICE_CHARS ? rest.length : lineEnd || NOTICE_CHARS - Number(HALF_AT_END.test(window))
    notices.push(rest.slice(0, cut))
    rest = rest.slice(cut)
  }
  return notices
}
