const blockTags = new Set(
  (
    'address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt ' +
    'fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link ' +
    'main menu menuitem nav noframes ol optgroup option p param search section summary table tbody td tfoot th thead ' +
    'title tr track ul'
  ).split(' '),
)

const closed: [start: RegExp, end: RegExp][] = [
  [/^ {0,3}<(?:pre|script|style|textarea)(?:[\s>]|$)/i, /<\/(?:pre|script|style|textarea)>/i],
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<![a-z]/i, />/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
]
const attribute = `\\s+[a-z_:][\\w.:-]*(?:\\s*=\\s*(?:[^\\s"'=<>\`]+|'[^']*'|"[^"]*"))?`
const wholeTag = new RegExp(`^ {0,3}(?:<[a-z][a-z\\d-]*(?:${attribute})*\\s*/?>|</[a-z][a-z\\d-]*\\s*>)\\s*$`, 'i')

/** What ends the HTML block that a line starts; undefined when it starts none. HTML is never made, but it has a reach. */
export function htmlEnd(
  line: string,
  where: 'alone' | 'in a paragraph' = 'alone',
): ((line: string) => boolean) | undefined {
  for (const [start, end] of closed) if (start.test(line)) return (later) => end.test(later)
  const tag = /^ {0,3}<\/?([a-z][a-z\d]*)(?:[\s>]|\/>|$)/i.exec(line)?.[1]
  if (tag !== undefined && blockTags.has(tag.toLowerCase())) return isEmpty
  return where === 'alone' && wholeTag.test(line) ? isEmpty : undefined
}

const isEmpty = (line: string) => /^[ \t]*$/.test(line)
