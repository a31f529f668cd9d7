import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item'
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal'
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough'
import { gfmTable } from 'micromark-extension-gfm-table'
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item'
import { keepAsText } from './keep-as-text.ts'
import { literalLinks } from './literal-links.ts'
import type { TreeNode } from './tree-node.ts'

const extensions = [gfmAutolinkLiteral(), gfmStrikethrough(), gfmTable(), gfmTaskListItem()]
const mdastExtensions = [
  literalLinks,
  gfmStrikethroughFromMarkdown(),
  gfmTableFromMarkdown(),
  gfmTaskListItemFromMarkdown(),
]

/** CommonMark and GFM as a tree. Raw HTML and footnotes are text in it. */
export function parseMarkdown(text: string): TreeNode {
  const tree: TreeNode = fromMarkdown(text, { extensions, mdastExtensions })
  keepAsText(tree)
  return tree
}
