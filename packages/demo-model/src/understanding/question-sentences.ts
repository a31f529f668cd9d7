const opener =
  /^\W*(?:(?:hi|hello|hey|ok|okay|so|and|but|please|well|now|also)\W+)*(?:is|isn't|are|aren't|am|was|were|do|does|doesn't|did|has|have|had|can|could|will|would|shall|should|may|might|must|what|what's|whats|which|who|who's|whose|whom|why|how|how's|where|when|any)\b/i

/** The sentences of a message that ask: with a mark that says so, or begun as a question. */
export function questionSentences(message: string): string {
  return message
    .replaceAll(/[’`´]/g, "'")
    .split(/(?<=[.!?;])\s+|\n/)
    .filter((sentence) => /[?¿؟？‽]/u.test(sentence) || opener.test(sentence))
    .join('\n')
}
