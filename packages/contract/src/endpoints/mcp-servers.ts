import { z } from 'zod'
import { isoTime, sha256Hex } from '../ids.ts'
import { toolAnnotations } from '../tool/tool-meta.ts'
import { defineEndpoint } from './define-endpoint.ts'

const ofOne = z.object({ server_id: z.string() })
const ofPin = z.object({ server_id: z.string(), tool: z.string() })
/** The name of its toolset, and the beginning of its tools' names. */
const name = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/)
/** Http or https. */
const url = z.string().max(2048)
/** Of the engine's environment, which holds the bearer token. */
const tokenEnv = z.string().regex(/^MCP_TOKEN_[A-Z0-9_]+$/)

export const mcpServerRead = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  /** `fairlead`: the server of this release, whose tools its own table vouches for. */
  kind: z.enum(['fairlead', 'other']),
  audience: z.string().nullable(),
  token_env: z.string().nullable(),
  enabled: z.boolean(),
  /** Whether it has just listed its tools. */
  reachable: z.boolean(),
  /** How many there are. Of one that does not answer: 0. */
  tools: z.object({ pinned: z.int(), new: z.int(), changed: z.int() }),
  created_at: isoTime.nullable(),
  updated_at: isoTime.nullable(),
})
export type McpServerRead = z.infer<typeof mcpServerRead>

/** What a tool is pinned by: its name on its own server, its schema, its hints. */
export const pinnedTool = z.object({
  name: z.string(),
  inputSchema: z.record(z.string(), z.unknown()),
  annotations: toolAnnotations,
})
export type PinnedTool = z.infer<typeof pinnedTool>

export const mcpToolRead = z.object({
  name: z.string(),
  /** As models, people and the record know it. */
  offered_as: z.string(),
  title: z.string(),
  description: z.string(),
  annotations: toolAnnotations,
  input_schema: z.record(z.string(), z.unknown()),
  /** Of a tool that has gone: what it was pinned by. */
  digest: sha256Hex,
  pinned_digest: sha256Hex.nullable(),
  /** As it was pinned, so that a change can be shown. Null for tools of the release. */
  pinned: pinnedTool.nullable(),
  state: z.enum(['pinned', 'new', 'changed', 'gone']),
})
export type McpToolRead = z.infer<typeof mcpToolRead>

/** First the server of the release, `builtin`. */
export const listMcpServers = defineEndpoint({
  method: 'GET',
  path: '/mcp-servers',
  access: 'admin',
  answers: 'json',
  slow: true,
  output: z.array(mcpServerRead),
})

/** It must answer. Nothing of it is pinned yet: all its tools are writes. */
export const createMcpServer = defineEndpoint({
  method: 'POST',
  path: '/mcp-servers',
  access: 'admin',
  answers: 'json',
  status: 201,
  slow: true,
  input: z.object({
    name,
    url,
    kind: z.literal('other').optional(),
    token_env: tokenEnv.nullish(),
    enabled: z.boolean().optional(),
  }),
  output: mcpServerRead,
})

/** A new `url` drops its pins. */
export const changeMcpServer = defineEndpoint({
  method: 'PATCH',
  path: '/mcp-servers/:server_id',
  access: 'admin',
  answers: 'json',
  slow: true,
  params: ofOne,
  input: z.object({ url: url.optional(), token_env: tokenEnv.nullish(), enabled: z.boolean().optional() }),
  output: mcpServerRead,
})

export const deleteMcpServer = defineEndpoint({
  method: 'DELETE',
  path: '/mcp-servers/:server_id',
  access: 'admin',
  answers: 'nothing',
  status: 204,
  params: ofOne,
})

/** Read from the server now. */
export const listMcpTools = defineEndpoint({
  method: 'GET',
  path: '/mcp-servers/:server_id/tools',
  access: 'admin',
  answers: 'json',
  slow: true,
  params: ofOne,
  output: z.array(mcpToolRead),
})

/** Vouches for tools as they are: those whose hints say that they only look count as reads. All of them or none. */
export const pinMcpTools = defineEndpoint({
  method: 'POST',
  path: '/mcp-servers/:server_id/pins',
  access: 'admin',
  answers: 'json',
  slow: true,
  params: ofOne,
  input: z.object({
    tools: z
      .array(z.object({ name: z.string(), digest: sha256Hex }))
      .min(1)
      .max(1000),
  }),
  output: z.array(mcpToolRead),
})

/** From the next turn on the tool is a write. */
export const unpinMcpTool = defineEndpoint({
  method: 'DELETE',
  path: '/mcp-servers/:server_id/pins/:tool',
  access: 'admin',
  answers: 'nothing',
  status: 204,
  params: ofPin,
})

export const mcpServerEndpoints = {
  listMcpServers,
  createMcpServer,
  changeMcpServer,
  deleteMcpServer,
  listMcpTools,
  pinMcpTools,
  unpinMcpTool,
} as const
