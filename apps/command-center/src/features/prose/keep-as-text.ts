import type { TreeNode } from './tree-node.ts'

const inlineParents = new Set([
  'paragraph',
  'heading',
  'emphasis',
  'strong',
  'delete',
  'link',
  'linkReference',
  'tableCell',
])

/**
 * HTML is text, line by line. Footnotes stay where they are written: blocks are read one by one, and a note may stand
 * in another.
 */
export function keepAsText(node: TreeNode): void {
  for (const child of node.children ?? []) {
    const label = `[^${child.label ?? child.identifier ?? ''}]`
    if (child.type === 'footnoteReference') {
      child.type = 'text'
      child.value = label
    } else if (child.type === 'footnoteDefinition') {
      child.type = 'blockquote'
      child.children = [paragraph(`${label}:`), ...(child.children ?? [])]
    } else if (child.type === 'html') {
      if (inlineParents.has(node.type)) child.type = 'text'
      else Object.assign(child, paragraph(child.value ?? ''), { value: undefined })
    }
    keepAsText(child)
  }
}

function paragraph(text: string): TreeNode {
  const lines = text.split('\n').flatMap((value, index) => {
    const line: TreeNode = { type: 'text', value }
    return index === 0 ? [line] : [{ type: 'break' }, line]
  })
  return { type: 'paragraph', children: lines }
}
