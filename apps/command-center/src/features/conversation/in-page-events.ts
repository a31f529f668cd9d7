/** What one part of the page tells the others, beside what the feed brings. */
export function raiseCreated(conversationId: string): void {
  raise('conversation:created', { conversationId, timestamp: Date.now() })
}

export function raiseTitle(conversationId: string, title: string): void {
  raise('conversation:title-generated', { conversationId, title, timestamp: Date.now() })
}

function raise(name: string, detail: Record<string, unknown>): void {
  dispatchEvent(new CustomEvent(name, { detail }))
}
