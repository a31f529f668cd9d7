import type { ResultBlock } from '@fairlead/contract/call/call'
import { isRecord } from '@fairlead/contract/json/is-record'

/** A result as text: JSON pretty, what it wraps unwrapped, several items one after the other. */
export function resultText(result: readonly ResultBlock[] | undefined): string {
  return (result ?? []).flatMap((block) => textOfBlock(block)).join('\n')
}

function textOfBlock(block: unknown): string[] {
  if (!isRecord(block)) return []
  if (typeof block.text !== 'string') return typeof block.type === 'string' ? [`[${block.type}]`] : []
  const json = parsedJson(block.text)
  if (isRecord(json) && Array.isArray(json.content)) {
    const inner = json.content.flatMap((item) => (isRecord(item) && typeof item.text === 'string' ? [item.text] : []))
    if (inner.length > 0) return inner
  }
  return [json === undefined ? block.text : JSON.stringify(json, null, 2)]
}

/** Objects and lists alone: a number is a text that says a number. */
export function parsedJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
