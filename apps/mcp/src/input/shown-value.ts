const longestShown = 80

/** A value as an error sentence quotes it: one line, escaped, at most 80 characters of it. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(value))
  return cut(JSON.stringify(value) ?? String(value))
}

function cut(text: string): string {
  const characters = Array.from(text.slice(0, 2 * longestShown + 2))
  return characters.length <= longestShown ? text : `${characters.slice(0, longestShown).join('')}…`
}
