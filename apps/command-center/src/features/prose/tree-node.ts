/** What is read of a parsed Markdown tree. */
export type TreeNode = {
  type: string
  value?: string
  children?: TreeNode[]
  url?: string
  alt?: string | null
  identifier?: string
  label?: string | null
  title?: string | null
  ordered?: boolean | null
  start?: number | null
  checked?: boolean | null
  depth?: number
  lang?: string | null
  /** Of a list or an item: its blocks stand apart. */
  spread?: boolean | null
  /** Of a table, by column. */
  align?: ('left' | 'right' | 'center' | null)[] | null
}

export function textIn(node: TreeNode): string {
  return node.value ?? node.children?.map(textIn).join('') ?? ''
}
