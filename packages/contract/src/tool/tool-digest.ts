import { digestOf } from '../json/digest.ts'
import type { JsonSchema, ToolShape } from './tool-meta.ts'

/** What a tool is pinned by. `context` appears only with several clusters, so it is left out. */
export function toolDigest({ name, inputSchema, annotations = {} }: ToolShape): string {
  const { context: _, ...properties } = (inputSchema.properties ?? {}) as JsonSchema
  return digestOf({ name, inputSchema: { ...inputSchema, properties }, annotations })
}
