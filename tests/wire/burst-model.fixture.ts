import { type BurstServer, cutsOf, startBurstServer } from '@fairlead/testing/model/burst-server'

export const modelFormats = ['openai', 'anthropic'] as const
export type ModelFormat = (typeof modelFormats)[number]

/** An answer of so many pieces of text, and where the burst of them is cut. */
export type TextBurst = { pieces: number; cutAt: number }

/** The text that so many pieces make. */
export const textOf = (pieces: number): string => Array.from({ length: pieces }, (_, number) => `w${number} `).join('')

/** Every burst of so many pieces: one for each place where it can be cut. */
export const burstsOf = (format: ModelFormat, pieces: number): TextBurst[] =>
  cutsOf(pieceFrames(format, pieces)).map((cutAt) => ({ pieces, cutAt }))

/** What a message has to say for its answer to be this burst. */
export const messageFor = ({ pieces, cutAt }: TextBurst): string => `burst of ${pieces} cut at ${cutAt}`

/** A model server of plain sockets. A message of `messageFor` gets that burst, anything else a short whole answer. */
export function startBurstModel(): Promise<BurstServer> {
  return startBurstServer(({ line, body }) => {
    const format = line.startsWith('POST /v1/messages') ? 'anthropic' : 'openai'
    const [, pieces, cutAt] = /burst of (\d+) cut at (\d+)/.exec(body) ?? []
    if (!body.includes('"stream":true') || pieces === undefined) return JSON.stringify(wholeAnswer[format])
    const { before, behind } = frames[format]
    return {
      type: 'text/event-stream',
      before,
      pieces: pieceFrames(format, Number(pieces)),
      behind,
      cutAt: Number(cutAt),
    }
  })
}

function pieceFrames(format: ModelFormat, pieces: number): string[] {
  return Array.from({ length: pieces }, (_, number) => frames[format].piece(`w${number} `))
}

const chatFrame = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason }],
  })}\n\n`
const messageFrame = (event: { type: string; [field: string]: unknown }) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

const message = { id: 'm', type: 'message', role: 'assistant', model: 'm' }
const usage = { input_tokens: 1, output_tokens: 1 }

const frames: Record<ModelFormat, { before: string[]; piece(text: string): string; behind: string[] }> = {
  openai: {
    before: [],
    piece: (content) => chatFrame({ role: 'assistant', content }),
    behind: [chatFrame({}, 'stop'), 'data: [DONE]\n\n'],
  },
  anthropic: {
    before: [
      messageFrame({ type: 'message_start', message: { ...message, content: [], stop_reason: null, usage } }),
      messageFrame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ],
    piece: (text) => messageFrame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    behind: [
      messageFrame({ type: 'content_block_stop', index: 0 }),
      messageFrame({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }),
      messageFrame({ type: 'message_stop' }),
    ],
  },
}

const title = '{"title":"A burst"}'
const wholeAnswer: Record<ModelFormat, object> = {
  openai: {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: title }, finish_reason: 'stop' }],
  },
  anthropic: { ...message, content: [{ type: 'text', text: title }], stop_reason: 'end_turn', usage },
}
