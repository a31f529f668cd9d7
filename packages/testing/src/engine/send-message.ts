import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from '../model/model-script.ts'
import { nowMs } from '../model/now-ms.ts'

export type SentMessage = {
  conversationId: string
  /** Milliseconds since 1970. */
  sentAt: number
  /** When the first text piece was here; NaN without one. */
  firstPieceAt: number
  /** When the run's last event was here. */
  endedAt: number
  /** The whole answer; empty with `onPiece`, since a minute of hundreds of texts would disturb what is measured. */
  text: string
}

export type MessageOptions = {
  api: string
  token: string
  conversationId?: string
  /** What the scripted model answers, one reply for each of its turns. */
  replies: readonly Reply[]
  /** In place of the replies: for a model that has its script elsewhere. */
  content?: string
  /** Called with each piece on its arrival, in milliseconds since 1970; pieces that came together have the same time. */
  onPiece?(text: string, at: number): void
  /** Stops reading from the socket for so long, after so many pieces. */
  pause?: { afterPieces: number; ms: number }
  signal?: AbortSignal
}

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })

/** Sends a message as a client does, and reads the stream to its end, the title included. Rejects on any other end. */
export async function sendMessage(options: MessageOptions): Promise<SentMessage> {
  const { api, token, replies, conversationId } = options
  const body = JSON.stringify({
    messages: [{ role: 'user', content: options.content ?? JSON.stringify({ replies }) }],
    ...(conversationId !== undefined && { conversation_id: conversationId }),
  })
  const sentAt = nowMs()
  const sent = request(`${api}/agent/chat`, {
    method: 'POST',
    agent,
    signal: options.signal,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.setEncoding('utf8')
  if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${(await response.toArray()).join('')}`)
  return { ...(await read(response, options)), sentAt }
}

async function read(
  response: IncomingMessage,
  { onPiece, pause }: MessageOptions,
): Promise<Omit<SentMessage, 'sentAt'>> {
  const outcome = { conversationId: '', firstPieceAt: Number.NaN, endedAt: Number.NaN, text: '' }
  let waiting = ''
  let pieces = 0
  let isPaused = false
  for await (const chunk of response as AsyncIterable<string>) {
    const at = nowMs()
    const frames = (waiting + chunk).split('\n\n')
    waiting = frames.pop() ?? ''
    for (const frame of frames) {
      const data = () => JSON.parse(frame.slice(frame.indexOf('data: ') + 6)) as Record<string, string>
      if (frame.includes('event: token\n')) {
        const { text = '' } = data()
        if (pieces === 0) outcome.firstPieceAt = at
        pieces += 1
        if (onPiece === undefined) outcome.text += text
        else onPiece(text, at)
      } else if (frame.includes('event: ready\n')) outcome.conversationId = data().conversation_id ?? ''
      else if (frame.includes('event: workflow_complete\n')) outcome.endedAt = at
      else if (/event: (?:workflow_)?error\n/.test(frame)) throw new Error(`the run failed: ${frame}`)
    }
    if (pause !== undefined && !isPaused && pieces >= pause.afterPieces) {
      isPaused = true
      await sleep(pause.ms)
    }
  }
  if (Number.isNaN(outcome.endedAt)) throw new Error('the stream ended before its run')
  return outcome
}
