import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Packet } from './model-packets.ts'
import type { Reply } from './model-script.ts'

export type Sending = { packets: Packet[]; errorEvent: string; reply: Reply; signal: AbortSignal }

/** Writes packets at the reply's pace and with its fault; `signal` aborts when the reader has gone. */
export async function sendPackets(response: ServerResponse, sending: Sending): Promise<void> {
  const { packets, errorEvent, reply, signal } = sending
  const { pace, fault, split } = reply
  const write = writer(response, split)
  response.socket?.setNoDelay(true)
  if (pace?.firstAfterMs) await sleep(pace.firstAfterMs, undefined, { signal })

  if (!pace?.piecesPerSecond && !fault && !split) {
    response.end(Buffer.concat(packets.map(bytesOf)))
    return
  }
  const began = performance.now()
  const gapMs = pace?.piecesPerSecond ? 1000 / pace.piecesPerSecond : 0
  let sentBytes = 0
  for (const [number, packet] of packets.entries()) {
    if (gapMs > 0 && number > 0) {
      // By the clock, not by the last write: a late timer must not slow the whole stream down.
      const waitMs = began + number * gapMs - performance.now()
      if (waitMs > 0) await sleep(waitMs, undefined, { signal })
    }
    if (fault && number === ('afterPieces' in fault ? (fault.afterPieces ?? 0) : 0)) {
      if (fault.kind === 'stall') await sleep(fault.ms, undefined, { signal })
      if (fault.kind === 'cut' && fault.afterBytes === undefined) return cut(response, fault.how)
      if (fault.kind === 'error-event') {
        response.end(errorEvent)
        return
      }
    }
    let bytes = bytesOf(packet)
    const limit = fault?.kind === 'cut' ? fault.afterBytes : undefined
    const isLast = limit !== undefined && sentBytes + bytes.length >= limit
    if (isLast) bytes = bytes.subarray(0, limit - sentBytes)
    await write(bytes)
    sentBytes += bytes.length
    if (isLast && fault?.kind === 'cut') return cut(response, fault.how)
    signal.throwIfAborted()
  }
  response.end()
}

function bytesOf(packet: Packet): Buffer {
  return typeof packet === 'function' ? packet() : packet
}

async function cut(response: ServerResponse, how: 'reset' | 'end'): Promise<void> {
  if (how === 'end') return void response.end()
  // The reader gets what was written before the reset, so that the fault is the same in every run.
  await sleep(20)
  response.socket?.resetAndDestroy()
}

function writer(response: ServerResponse, split: Reply['split']): (bytes: Buffer) => Promise<void> {
  const writeWhole = async (bytes: Buffer) => {
    if (!response.write(bytes)) await Promise.race([once(response, 'drain'), once(response, 'close')])
  }
  if (!split) return writeWhole
  if (split === 'every-piece') {
    return async (bytes) => {
      await writeWhole(bytes)
      // What is written within one turn leaves together.
      await nextTurn()
    }
  }
  const nextLength = split === 'every-byte' ? () => 1 : randomLengths(split.seed)
  return async (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      const length = nextLength()
      response.write(bytes.subarray(at, at + length))
      at += length
      await nextTurn()
    }
  }
}

/** Lengths from 1 to 64, the same ones for the same seed (xorshift). */
function randomLengths(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (Math.abs(state) % 64) + 1
  }
}
