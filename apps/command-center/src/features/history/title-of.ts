/** How a conversation is called on the screen. */
export function titleOf(title: string | null | undefined): string {
  return title?.trim() || 'Untitled chat'
}
