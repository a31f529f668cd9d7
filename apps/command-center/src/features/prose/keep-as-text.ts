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

/** HTML is text, line by line. So are footnotes, which without their syntax would be links, and notes of one word gone. */
export function keepAsText(node: TreeNode): void {
  for (const child of node.children ?? []) {
    const { label } = child
    if (child.type === 'definition' && label?.startsWith('^')) {
      const title = child.title ? ` "${child.title}"` : ''
      Object.assign(child, paragraph(`[${label}]: ${child.url}${title}`))
    } else if (child.type === 'linkReference' && label?.startsWith('^')) {
      Object.assign(child, { type: 'text', value: `[${label}]`, children: [] })
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
