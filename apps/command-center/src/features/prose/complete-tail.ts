/**
 * The last block of a text that still comes, as it will most likely look when it is whole: a mark that is half there
 * is held back, and what is open is closed, so that nothing flickers from one form into another.
 */
export function completeTail(text: string): string {
  return closeSpans(completeTable(recheckRead(text)))
}

/** A line that is nothing but a mark may become an underline, a list item or a fence. */
function recheckRead(text: string): string {
  const at = text.lastIndexOf('\n') + 1
  const isMark = /^[ \t]*(?:-+|=+|\*+|\++|\d{1,9}[.)]?|#{1,6}|`+|~+|>|\|)[ \t]*$/.test(text.slice(at))
  return isMark && (at > 0 || !/\d/.test(text)) ? text.slice(0, Math.max(at - 1, 0)) : text
}

/** A first row is a table from its first bar on, not a paragraph until the second row is whole. */
function completeTable(text: string): string {
  if (!/^ {0,3}\|/.test(text)) return text
  const [head = '', rule, ...rows] = text.split('\n')
  if (rows.length > 0 || (rule !== undefined && !/^[ \t|:-]*$/.test(rule))) return text
  const bars =
    head
      .trimEnd()
      .replace(/\\./g, '')
      .replace(/`[^`]*`/g, '')
      .split('|').length - 1
  const columns = Math.max(1, head.trimEnd().endsWith('|') ? bars - 1 : bars)
  return `${head}\n|${' --- |'.repeat(columns)}`
}

function closeSpans(text: string): string {
  const lastParagraph = text.slice(text.lastIndexOf('\n\n') + 1)
  if (/^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(?:```|~~~)/m.test(lastParagraph)) return text
  const outside = lastParagraph.replace(/\\[\\`*[\]]/g, '').replace(/(`+)[^`](?:[\s\S]*?[^`])?\1(?!`)/g, '')
  const tick = /(?<!`)`(?!`)[^`\n]*$/.test(outside)
  if (tick) return `${text}\``
  const shown = text.replace(/!?\[([^\][\n]*)\]\([^)\s]*$/, '$1')
  const strong = (outside.match(/\*\*/g)?.length ?? 0) % 2 === 1
  return strong ? `${shown.replace(/\*+$/, '')}${closing(shown)}` : shown
}

/** A mark right behind an opening one would be no emphasis at all. */
const closing = (text: string) => (/(?:\s|\*)$/.test(text) ? '' : '**')
