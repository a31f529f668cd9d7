/**
 * Whether an object in this JSON text has a name twice. A parser keeps the last of them and a person reads the first: no
 * hash covers what a parser leaves out.
 */
export function hasNameTwice(text: string, parsed: unknown): boolean {
  return namesIn(text) !== propertiesOf(parsed)
}

/** Texts that a colon follows: in JSON those are names, and nothing else is. */
function namesIn(text: string): number {
  let count = 0
  for (let start = text.indexOf('"'); start !== -1; start = text.indexOf('"', start)) {
    let end = text.indexOf('"', start + 1)
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
    start = end + 1
    while (' \t\r\n'.includes(text[start] ?? '-')) start++
    if (text[start] === ':') count++
  }
  return count
}

function isEscaped(text: string, at: number): boolean {
  let before = at
  while (text[before - 1] === '\\') before--
  return (at - before) % 2 === 1
}

function propertiesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inner = Object.values(value)
  return inner.reduce<number>((sum, each) => sum + propertiesOf(each), Array.isArray(value) ? 0 : inner.length)
}
