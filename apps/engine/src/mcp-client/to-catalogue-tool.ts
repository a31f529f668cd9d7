import type { CatalogueTool } from '@fairlead/agent/tool-offer'
import { toolDigest } from '@fairlead/contract/tool/tool-digest'
import { toolAnnotations } from '@fairlead/contract/tool/tool-meta'
import { toolsetOf } from '@fairlead/contract/tool/toolset-of'
import { z } from 'zod'

const tagList = z.array(z.string())
const taggedMeta = z.looseObject({ tags: tagList })

/** A tool as a server lists it; nothing is stripped, since its digest is taken over what came. */
export const servedTool = z.looseObject({
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: z.record(z.string(), z.unknown()).default({ type: 'object', properties: {} }),
  annotations: toolAnnotations.optional(),
  tags: z.unknown().optional(),
  _meta: z.looseObject({ fastmcp: z.unknown().optional(), _fastmcp: z.unknown().optional() }).optional(),
})
export type ServedTool = z.output<typeof servedTool>

/** A tool of the connected server with the labels that tell its toolset. */
export type ListedTool = CatalogueTool & { tags: string[] }

/** Digests of the tools that somebody vouched for, by name. */
export type PinnedTools = Readonly<Record<string, string>>

export function toCatalogueTool(tool: ServedTool, { server, pins }: { server: string; pins: PinnedTools }): ListedTool {
  const { name, title = '', description = '', inputSchema, annotations } = tool
  const tags = tagsOf(tool)
  const digest = toolDigest({ name, inputSchema, annotations })
  return {
    name,
    title,
    description,
    inputSchema,
    annotations: annotations ?? {},
    tags,
    toolset: toolsetOf({ name, tags }),
    server,
    digest,
    pinned: Object.hasOwn(pins, name) && pins[name] === digest,
  }
}

/** Servers of this wire write their tags in one of three places. */
function tagsOf({ tags, _meta }: ServedTool): string[] {
  const plain = tagList.safeParse(tags)
  if (plain.success) return plain.data
  for (const meta of [_meta?.fastmcp, _meta?._fastmcp]) {
    const tagged = taggedMeta.safeParse(meta)
    if (tagged.success) return tagged.data.tags
  }
  return []
}
