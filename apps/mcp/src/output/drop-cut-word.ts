/**
 * Drops the last word of a text that was cut off before its secrets are masked: it may be the first half of a secret, and
 * the masks know no halves. The text before it is masked as usual: a secret with a space or quote in it is masked from its
 * first word to the end of the line.
 */
export function dropCutWord(text: string): string {
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
