/** The first message of a new conversation, left by the page that made it and sent once by the page that shows it. */
export function leaveInitialMessage(conversationId: string, text: string): void {
  try {
    sessionStorage.setItem(keyOf(conversationId), text)
  } catch {
    unkept.set(conversationId, text)
  }
}

export function takeInitialMessage(conversationId: string): string | undefined {
  const unkeptText = unkept.get(conversationId)
  unkept.delete(conversationId)
  try {
    const text = sessionStorage.getItem(keyOf(conversationId)) ?? undefined
    sessionStorage.removeItem(keyOf(conversationId))
    return text ?? unkeptText
  } catch {
    return unkeptText
  }
}

/** A browser that keeps nothing hands over within the page. */
const unkept = new Map<string, string>()

function keyOf(conversationId: string): string {
  return `initialMessage:${conversationId}`
}
