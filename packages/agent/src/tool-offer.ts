import type { JsonSchema, ToolAnnotations } from '@fairlead/contract/tool/tool-meta'

/** A tool of a connected server, as the engine's catalogue lists it. */
export type CatalogueTool = {
  name: string
  title: string
  description: string
  inputSchema: JsonSchema
  annotations: ToolAnnotations
  /** Undefined for tools that no engine on this wire offers. */
  toolset: string | undefined
  server: string
  digest: string
  /** Its digest stands in the pinned table: name, schema and hints are what somebody vouched for. */
  pinned: boolean
  /** Why it is not offered now, in a sentence with what to do about it. */
  unavailable?: string
}

/** Whether the hints of a tool may be believed when they say that it only looks. */
export function isReadTool({ pinned, annotations }: Pick<CatalogueTool, 'pinned' | 'annotations'>): boolean {
  return pinned && annotations.readOnlyHint === true && annotations.destructiveHint !== true
}
