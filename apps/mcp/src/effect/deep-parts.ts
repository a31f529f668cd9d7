import { cutAtLevel, isTooDeep } from '../input/nesting.ts'
import { ToolError } from '../tool/tool-error.ts'

/**
 * A custom resource may be nested 10,000 levels deep. Work on an object is quadratic in its depth and recurses once a level,
 * so what lies deeper than this is handled as its JSON text.
 */
export const TEXT_LEVEL = 400

/** An object with the JSON text of what is nested too deeply in its place, equal where that is equal. */
export function withoutDepths<T>(object: T): T {
  return isDeep(object) ? (cutAtLevel(object, TEXT_LEVEL, jsonText) as T) : object
}

/** Whether something in an object is nested too deeply to be looked at but as a text. */
export function isDeep(object: unknown): boolean {
  return isTooDeep(object, TEXT_LEVEL - 1)
}

/** A change of what is known by its text alone could neither be shown nor be taken back. */
export function tooDeepToChange(named: string): ToolError {
  return new ToolError('Refused', `${named} is nested more than ${TEXT_LEVEL} levels deep where this changes it.`, {
    hint: 'What lies elsewhere in it can be changed, and the whole object can be deleted by k8s_delete.',
  })
}

/** As `JSON.stringify` writes a value that came as JSON, without a call for each level. */
function jsonText(root: unknown): string {
  const parts: string[] = []
  const waiting: Piece[] = [{ value: root }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if ('text' in next) parts.push(next.text)
    else if (typeof next.value !== 'object' || next.value === null) parts.push(JSON.stringify(next.value))
    else for (const piece of piecesOf(next.value).toReversed()) waiting.push(piece)
  }
  return parts.join('')
}

type Piece = { text: string } | { value: unknown }

function piecesOf(container: object): Piece[] {
  const isList = Array.isArray(container)
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  const entries = Object.entries(container).flatMap(([key, value], index): Piece[] => {
    const comma = index === 0 ? '' : ','
    return [{ text: isList ? comma : `${comma}${JSON.stringify(key)}:` }, { value }]
  })
  return [{ text: open }, ...entries, { text: close }]
}
