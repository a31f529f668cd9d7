/** The secret in a set-up link: behind its #, where no server and no log sees it. Undefined in any other text. */
export function secretOfLink(text: string): string | undefined {
  const written = /#(?:[^#]*&)?secret=([^&#\s]+)/.exec(text)?.[1]
  if (written === undefined) return undefined
  try {
    return decodeURIComponent(written)
  } catch {
    return written
  }
}

/** What a person pastes: the link, or the secret by itself. */
export function secretOfText(text: string): string | undefined {
  return secretOfLink(text) ?? (text.trim() || undefined)
}
