const announced = /\b(?:Invalid|Unsupported|Duplicate) value: /g

/**
 * A sentence of the API server without the objects that it repeats in it: of a patch that does not fit it says the whole
 * object, of a field that cannot change all that stands below it, passwords included. Single words stay.
 */
export function withoutEchoes(text: string): string {
  let kept = ''
  let from = 0
  for (const { 0: words, index } of text.matchAll(announced)) {
    const start = index + words.length
    const end = start < from ? undefined : endOfObject(text, start)
    if (end === undefined) continue
    kept += `${text.slice(from, start)}***`
    from = end
  }
  return (kept + text.slice(from)).replaceAll(/\bgot &[[{].*/g, withoutObject)
}

/** Of the words behind it only those that no bracket ends. */
function withoutObject(words: string): string {
  return `got ***${/[^\]}]*$/.exec(words.slice(-LONGEST_END))?.[0] ?? ''}`
}

const LONGEST_END = 500

const quotedObject = /^"\s*(?:\\?[{[&]|map\[)/
/** What Go writes before the first bracket of a value: `core.PodSpec{`, `map[`, `[]string{`. */
const typed = /^[\w.*&]*[{[]/

/** Index behind the object that begins at `start`; undefined where something else does. */
function endOfObject(text: string, start: number): number | undefined {
  const rest = text.slice(start)
  if (quotedObject.test(rest)) return endOfQuoted(text, start)
  if (!typed.test(rest)) return undefined
  let depth = 0
  for (let index = start; index < text.length; index++) {
    const sign = text[index] ?? ''
    if (sign === '"') index = endOfQuoted(text, index) - 1
    else if (sign === '{' || sign === '[') depth++
    else if (sign === '}' || sign === ']') depth--
    else if (depth === 0 && !/[\w.*&]/.test(sign)) return index
    if (depth < 0) return index
  }
  return text.length
}

/** Index behind the quote that closes the one at `start`. */
function endOfQuoted(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === '\\') index++
    else if (text[index] === '"') return index + 1
  }
  return text.length
}
