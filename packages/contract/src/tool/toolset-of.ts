import { type Toolset, toolsets } from './tool-meta.ts'

/** Toolset by tags, else by the name's prefix; undefined for tools that no engine on this wire offers. */
export function toolsetOf(tool: { name: string; tags: readonly string[] }): Toolset | undefined {
  const [first] = tool.tags
  if (first !== undefined) return toolsets.find((toolset) => toolset === first)
  if (tool.name === 'wait_for_x_seconds') return 'k8s'
  return toolsets.find((toolset) => tool.name.startsWith(`${toolset}_`))
}
