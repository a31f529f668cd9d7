import { isObject, type Json } from './json.ts'

/** A patch as Go prints it: `map[a:1 b:[x y]]`, without what it takes away and what it puts in order. */
export function goText(value: Json): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isObject(value)) return String(value)
  const parts = Object.keys(value)
    .filter(
      (key) => value[key] !== null && !key.startsWith('$setElementOrder/') && !(`$setElementOrder/${key}` in value),
    )
    .toSorted()
    .map((key) => `${key}:${goText(value[key] ?? null)}`)
  return `map[${parts.join(' ')}]`
}
