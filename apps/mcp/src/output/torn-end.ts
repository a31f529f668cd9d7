/**
 * A text that was cut off before its secrets are masked: without the word at the cut, which may be the first half of one,
 * and no mask knows halves. What stands before it tells the masks all that they look for: no shape goes on behind a space
 * or a quote but those that are masked from their first word to the end of the line.
 */
export function withoutTornEnd(text: string): string {
  const whole = wholeWords(text)
  return whole === text ? text : `${whole}…`
}

/** At most the first `most` characters of a text whose secrets are not masked yet; the mark of a cut stands behind them. */
export function beginningOf(text: string, most: number): string {
  return text.length <= most ? text : `${wholeWords(text.slice(0, most))}…`
}

function wholeWords(text: string): string {
  let end = text.length
  while (end > 0 && !/[\s"']/.test(text[end - 1] ?? '')) end--
  return text.slice(0, end)
}
