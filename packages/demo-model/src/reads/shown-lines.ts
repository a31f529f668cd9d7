/** The first lines of what the cluster prints, as a block; and how many are left out, in words. */
export function shownLines(
  text: string,
  { hint = 'name a namespace to see less', most = 40 }: { hint?: string; most?: number } = {},
): string {
  const lines = text.trimEnd().split('\n')
  const shown = lines.slice(0, most + 1)
  const left = lines.length - shown.length
  const rest = left > 0 ? `\n\n${left} more lines are left out; ${hint}.` : ''
  return `\`\`\`\n${shown.join('\n').replaceAll('```', "'''")}\n\`\`\`${rest}`
}
