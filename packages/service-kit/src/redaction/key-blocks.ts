import { isKeyBody } from './key-body.ts'
import type { Span } from './span.ts'

export const keyLabel = '[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?'
const mark = new RegExp(`-----(BEGIN|END) (${keyLabel})-----`, 'g')

/** PEM blocks of private keys, marks included, where all between the marks is base64 of a key. */
export function keyBlocks(text: string): Span[] {
  if (!text.includes('PRIVATE KEY')) return []
  const blocks: Span[] = []
  let begin: { label: string; start: number; bodyStart: number } | undefined
  for (const { 0: whole, 1: side, 2: label = '', index } of text.matchAll(mark)) {
    const end = index + whole.length
    if (side === 'BEGIN') begin = { label, start: index, bodyStart: end }
    else if (begin?.label === label && isKeyBody(label, text.slice(begin.bodyStart, index))) {
      blocks.push({ start: begin.start, end })
      begin = undefined
    } else begin = undefined
  }
  return blocks
}
