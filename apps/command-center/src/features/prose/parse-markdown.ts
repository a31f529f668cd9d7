import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import { keepAsText } from './keep-as-text.ts'
import type { TreeNode } from './tree-node.ts'

/** CommonMark and GFM as a tree. Raw HTML and footnotes are text in it. */
export function parseMarkdown(text: string): TreeNode {
  const tree: TreeNode = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })
  keepAsText(tree)
  return tree
}
