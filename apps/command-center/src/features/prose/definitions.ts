import type { Block } from './split-blocks.ts'

/** Link definitions may stand anywhere in a text; a block that names one is read together with it. */
export type Definition = { label: string; text: string }

export function findDefinitions(blocks: readonly Block[]): Definition[] {
  const found: Definition[] = []
  for (const block of blocks) {
    if (block.kind === 'code' || !/^ {0,3}\[/.test(block.text)) continue
    for (const line of block.text.split('\n')) {
      const label = /^ {0,3}\[((?:[^[\]\\]|\\.)+)\]:[ \t]*\S/.exec(line)?.[1]
      if (label === undefined) break
      if (!label.startsWith('^')) found.push({ label: normal(label), text: line })
    }
  }
  return found
}

/** As Markdown, to be appended to the block. */
export function definitionsFor(block: Block, definitions: readonly Definition[]): string {
  if (definitions.length === 0 || block.kind === 'code' || !block.text.includes(']')) return ''
  const text = normal(block.text)
  return definitions
    .filter(({ label }) => text.includes(`[${label}]`))
    .map((definition) => definition.text)
    .join('\n')
}

const normal = (label: string) => label.toLowerCase().replace(/\s+/g, ' ')
