import type { Tool } from './define-tool.ts'
import { kubernetes } from './kubernetes/family.ts'

/** A group of tools that is listed or left out as a whole; its name is the prefix of its tools' names. */
export type Family = { name: string; tools: readonly Tool[] }

/** All tools, in the order of `tools/list`. */
export const families: readonly Family[] = [kubernetes]
