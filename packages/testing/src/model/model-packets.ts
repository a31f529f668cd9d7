import { randomBytes } from 'node:crypto'
import type { ModelRequest } from './model-request.ts'
import type { Reply, ScriptedToolCall, Usage } from './model-script.ts'
import { nowMs } from './now-ms.ts'

/** What goes out in one write; a function where the bytes hold the time of sending. */
export type Packet = Buffer | (() => Buffer)

export type Part =
  | { kind: 'reasoning'; pieces: string[] }
  | { kind: 'text'; pieces: string[] }
  | { kind: 'tool-call'; id: string; name: string; pieces: string[] }

/** A reply taken apart into what the formats have in common. */
export type ReplyParts = { parts: Part[]; usage: Usage; finish: NonNullable<Reply['finish']> }

/** Placeholder for the time at which a packet is sent; no text of a script holds it. */
const stampMark = '\u{F0000}stamp\u{F0000}'

export function replyParts(request: ModelRequest, reply: Reply): ReplyParts {
  const size = reply.pace?.pieceSize ?? 12
  const parts: Part[] = []
  if (reply.reasoning) parts.push({ kind: 'reasoning', pieces: inPieces(reply.reasoning, size) })
  const text = textPieces(reply.text ?? '', size)
  if (text.length > 0) parts.push({ kind: 'text', pieces: text })
  for (const call of reply.toolCalls ?? []) {
    const id = call.id ?? `call_${randomBytes(9).toString('hex')}`
    parts.push({ kind: 'tool-call', id, name: call.name, pieces: inPieces(argsText(call), size) })
  }
  const output = parts.reduce((sum, { pieces }) => sum + pieces.length, 0)
  const input = Math.ceil(JSON.stringify(request.raw).length / 4)
  return {
    parts,
    usage: { input, output, cachedInput: 0, reasoning: 0, ...reply.usage },
    finish: reply.finish ?? (reply.toolCalls?.length ? 'tool-calls' : 'stop'),
  }
}

/** Gathers frames: a piece makes a packet of its own, what stands around it travels with its neighbour. */
export class PacketBuilder {
  #packets: string[] = []
  #waiting = ''

  frame(text: string): void {
    this.#waiting += text
  }

  piece(text: string): void {
    this.#packets.push(this.#waiting + text)
    this.#waiting = ''
  }

  finish(): Packet[] {
    if (this.#waiting) this.#packets.push((this.#packets.pop() ?? '') + this.#waiting)
    return this.#packets.map(stamped)
  }
}

function stamped(packet: string): Packet {
  const at = packet.indexOf(stampMark)
  if (at < 0) return Buffer.from(packet)
  const [before, after] = [packet.slice(0, at), packet.slice(at + stampMark.length)]
  return () => Buffer.from(`${before}${nowMs().toFixed(3)}${after}`)
}

function textPieces(text: NonNullable<Reply['text']>, size: number): string[] {
  if (typeof text === 'string') return inPieces(text, size)
  return Array.from({ length: text.pieces }, (_, number) => (text.stamped ? `${number}@${stampMark} ` : `w${number} `))
}

function argsText(call: ScriptedToolCall): string {
  return typeof call.args === 'string' ? call.args : JSON.stringify(call.args)
}

function inPieces(text: string, size: number): string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'gu')) ?? []
}
