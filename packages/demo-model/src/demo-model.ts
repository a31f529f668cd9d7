import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Model, ModelQuery, ModelRequest } from '@fairlead/agent/model'
import { answerQuestion } from './answer-question.ts'
import { makeTitle } from './lexicon/make-title.ts'
import { readablePart } from './lexicon/readable-part.ts'
import { nextTurn, type Turn } from './plan/next-turn.ts'
import { readConversation } from './plan/read-conversation.ts'
import { readInPart, tooMuchRead } from './requests/fixed-answers.ts'

export const DEMO_MODEL = 'demo/guided'

/** How long a piece of text takes, so that an answer reads as it grows. */
const PIECE_MS = 12

/** Messages that it wants to see of a conversation: a long way from a question to a healed cluster has fewer. */
export const DEMO_CONTEXT_MESSAGES = 120

/** Kept free of the question's own, which would otherwise push its beginning out of the model's sight. */
const SPARE_MESSAGES = 3

/**
 * The guided demo model: rules that read the tool results and follow the evidence, behind the port of any model. The
 * same transcript always leads to the same turn; there is no network, and nothing is remembered between turns.
 */
export function createDemoModel({
  pieceMs = PIECE_MS,
  contextMessages = DEMO_CONTEXT_MESSAGES,
}: {
  pieceMs?: number
  /** How many messages it is shown at most. */
  contextMessages?: number
} = {}): Model {
  return {
    id: DEMO_MODEL,
    provider: 'demo',
    async *stream(request, { signal }) {
      const { text, calls } = turnFor(request, contextMessages)
      for (const piece of piecesOf(text)) {
        if (pieceMs > 0) await sleep(pieceMs)
        if (signal.aborted) return
        yield { type: 'text', text: piece }
      }
      if (calls.length > 0) yield { type: 'tool-call-started' }
      const toolCalls = calls.map(({ tool, args }) => ({
        id: `demo-${randomUUID()}`,
        name: tool,
        arguments: JSON.stringify(args),
      }))
      yield { type: 'finished', toolCalls, body: null }
    },
    ask: async (question) => ({ text: JSON.stringify(answerAside(question)) }),
  }
}

/** What the model says and calls next in a conversation. */
export function turnFor(
  { messages, tools }: Pick<ModelRequest, 'messages' | 'tools'>,
  contextMessages = DEMO_CONTEXT_MESSAGES,
): Turn {
  const { question, before, past, length } = readConversation(messages)
  if (length > contextMessages - SPARE_MESSAGES) return { text: tooMuchRead, calls: [] }
  const offered = new Set(tools.map(({ name }) => name))
  const read = readablePart(question)
  const turn = nextTurn(answerQuestion({ question: read, before, offered }), past)
  const isPart = read !== question && turn.calls.length === 0
  return isPart ? { ...turn, text: `${turn.text}\n\n${readInPart}` } : turn
}

/** Words with what stands around them, a few letters each. */
function piecesOf(text: string): string[] {
  return text.match(/\s*\S{1,12}\s*/g) ?? []
}

/** Side questions are known by what their answers must have: a title, or who speaks next. */
function answerAside({ messages, schema }: ModelQuery): Record<string, string> {
  const { properties = {} } = schema as { properties?: Record<string, unknown> }
  if ('title' in properties) return { title: makeTitle(messages.find(({ role }) => role === 'user')?.content ?? '') }
  return { reasoning: 'A plan ends with its answer.', next_speaker: 'user' }
}
