/**
 * Tool output as the model reads it: delimited, named by its source, cut. What comes from outside is data; an end mark
 * inside the text is broken up so that it cannot pose as anything else.
 */
export function delimitOutput(output: { tool: string; text: string }, maxChars: number): string {
  const { tool, text } = output
  const harmless = text.replaceAll(/<(\/?)tool_output/gi, '<\u200b$1tool_output')
  return `<tool_output tool="${tool}">\n${headAndTail(harmless, maxChars)}\n</tool_output>`
}

/** At most `maxChars` characters: 60 % from the head, 40 % from the tail, and a note of what is missing. */
export function headAndTail(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  const head = text.slice(0, Math.floor(maxChars * 0.6))
  const tail = text.slice(text.length - Math.floor(maxChars * 0.4))
  return `${head}\n[… ${text.length - head.length - tail.length} characters left out; narrow the query to see them …]\n${tail}`
}
