import { parseMarkdown } from './parse-markdown.ts'
import type { TreeNode } from './tree-node.ts'

/** Markdown as text without marks. What is no mark stays: identifiers, comments in code, dashes and numbers of lists. */
export function plainText(markdown: string): string {
  return blocksText(parseMarkdown(markdown).children ?? [], '\n\n')
}

function blocksText(blocks: TreeNode[], gap: string): string {
  return blocks
    .filter(({ type }) => type !== 'definition')
    .map(blockText)
    .join(gap)
}

function blockText(node: TreeNode): string {
  switch (node.type) {
    case 'code':
      return node.value ?? ''
    case 'thematicBreak':
      return '---'
    case 'list':
      return listText(node)
    case 'blockquote':
      return blocksText(node.children ?? [], '\n\n')
    case 'table':
      return (node.children ?? []).map((row) => (row.children ?? []).map(inlineText).join('\t')).join('\n')
    default:
      return inlineText(node)
  }
}

function listText(list: TreeNode): string {
  return (list.children ?? [])
    .map((item, index) => {
      const mark = list.ordered ? `${(list.start ?? 1) + index}. ` : '- '
      const box = item.checked == null ? '' : item.checked ? '[x] ' : '[ ] '
      const indent = ' '.repeat(mark.length)
      return `${mark}${box}${blocksText(item.children ?? [], '\n').replaceAll('\n', `\n${indent}`)}`
    })
    .join('\n')
}

function inlineText(node: TreeNode): string {
  switch (node.type) {
    case 'break':
      return '\n'
    case 'image':
    case 'imageReference':
      return node.alt ?? ''
    case 'link':
      return linkText(node)
    default:
      return node.value ?? (node.children ?? []).map(inlineText).join('')
  }
}

function linkText(node: TreeNode): string {
  const text = (node.children ?? []).map(inlineText).join('')
  const url = node.url ?? ''
  return url === '' || url.replace(/^(?:mailto:|https?:\/\/)/, '') === text.replace(/^https?:\/\//, '')
    ? text
    : `${text} (${url})`
}
