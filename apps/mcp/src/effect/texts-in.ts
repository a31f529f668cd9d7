import { isRecord } from './is-record.ts'

export function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (Array.isArray(value)) for (const element of value) yield* textsIn(element)
  else if (isRecord(value)) for (const entry of Object.values(value)) yield* textsIn(entry)
}
