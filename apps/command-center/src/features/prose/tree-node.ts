/** What is read of a parsed Markdown tree. */
export type TreeNode = {
  type: string
  value?: string
  children?: TreeNode[]
  url?: string
  alt?: string | null
  identifier?: string
  label?: string | null
  ordered?: boolean | null
  start?: number | null
  checked?: boolean | null
}

export function textIn(node: TreeNode): string {
  return node.value ?? node.children?.map(textIn).join('') ?? ''
}
