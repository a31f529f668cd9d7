import type { KeyValue } from '../live-ports.ts'

/** A text on its way: it is neither a draft any more nor part of the conversation yet. */
export type SentText = {
  text: string
  isQueued: boolean
  /** Id of the last question before it. */
  after: string | undefined
}

/** Kept with the tab: whatever takes the page away in this moment, the next one has the words. */
export function keepSentText(storage: KeyValue, conversationId: string, sent: SentText | undefined): void {
  try {
    if (sent === undefined) storage.removeItem(keyOf(conversationId))
    else storage.setItem(keyOf(conversationId), JSON.stringify(sent))
  } catch {
    // A browser that keeps nothing loses them with the page, and nothing else.
  }
}

export function readSentText(storage: KeyValue, conversationId: string): SentText | undefined {
  try {
    const kept: unknown = JSON.parse(storage.getItem(keyOf(conversationId)) ?? 'null')
    const { text, isQueued, after } = (kept ?? {}) as { text?: unknown; isQueued?: unknown; after?: unknown }
    if (typeof text !== 'string') return undefined
    return { text, isQueued: isQueued === true, after: typeof after === 'string' ? after : undefined }
  } catch {
    return undefined
  }
}

function keyOf(conversationId: string): string {
  return `sending:${conversationId}`
}
