const imageReference =
  /(?<![\w./:-])(?:[a-z0-9][\w.-]*(?::\d+)?\/)*[a-z0-9][\w.-]*(?::[\w][\w.-]*|@sha256:[0-9a-f]{64})(?![\w/])/gi
const versionText = /(?<![\w./:-])v?\d+(?:\.\d+)+(?:[-+.]?[\w.]+)?(?![\w/])/gi

/** Image references and versions of a question, as written. */
export function imagesOf(question: string): string[] {
  const references = [...question.matchAll(imageReference)]
    .map(([text]) => text)
    .filter((text) => !/^https?:/i.test(text))
  const rest = references.reduce((text, reference) => text.replace(reference, ' '), question)
  const tagWord =
    /\b(?:tag|version|image)\s+(?:to\s+|of\s+\S+(?:\s+in\s+\S+)?\s+to\s+)?([\w][\w.-]*\d[\w.-]*|latest|stable)\b/i.exec(
      rest,
    )?.[1]
  const versions = [...rest.matchAll(versionText)].map(([text]) => text)
  return [...references, ...versions, ...(tagWord === undefined || versions.includes(tagWord) ? [] : [tagWord])].map(
    (text) => text.replace(/[.,]$/, ''),
  )
}
