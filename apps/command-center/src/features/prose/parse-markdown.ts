import Markdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { keepAsText } from './keep-as-text.ts'
import type { TreeNode } from './tree-node.ts'

/** The tree of a whole text, by the parser that draws it. */
export function parseMarkdown(text: string): TreeNode {
  let parsed: TreeNode = { type: 'root', children: [] }
  const take = () => (tree: unknown) => {
    parsed = tree as TreeNode
  }
  Markdown({ children: text, remarkPlugins: [remarkGfm, keepAsText, take], allowElement: () => false })
  return parsed
}
