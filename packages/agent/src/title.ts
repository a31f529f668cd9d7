import type { ModelMessage, ModelQuery } from './model.ts'

const MAX_TEXTS = 6

/** Asks for a conversation's title from its last plain texts, what the person asked last always among them. */
export function titleQuery(texts: readonly ModelMessage[]): ModelQuery {
  const last = texts.slice(-MAX_TEXTS)
  const request = last.some(({ role }) => role === 'user') ? undefined : texts.findLast(({ role }) => role === 'user')
  return {
    messages: request === undefined ? last : [request, ...last.slice(1)],
    instruction:
      'Give this conversation a title of 3 to 6 words: concise, with its own domain terms, in English, without punctuation, quotes, emoji or filler. Answer with JSON: {"title": string}.',
    schema: {
      type: 'object',
      properties: { title: { type: 'string', minLength: 1, maxLength: 60 } },
      required: ['title'],
      additionalProperties: false,
    },
  }
}

export function cleanTitle(title: string): string {
  return title
    .replaceAll(/[\r\n\t]/g, ' ')
    .replaceAll(/[.!?,;:"'`]/g, '')
    .replaceAll(/ +/g, ' ')
    .trim()
    .slice(0, 60)
    .trim()
}

/** The title in a model's answer, or undefined when there is none to be had. */
export function titleFrom(answer: string): string | undefined {
  try {
    const { title } = JSON.parse(answer) as { title?: unknown }
    return typeof title === 'string' ? cleanTitle(title) || undefined : undefined
  } catch {
    return undefined
  }
}

/** What a conversation is called when no model can be asked: its latest message's first six words. */
export function fallbackTitle(latestUserMessage: string | undefined): string {
  const words = (latestUserMessage ?? '').trim().split(/\s+/).slice(0, 6).join(' ')
  return cleanTitle(words) || 'New Conversation'
}
