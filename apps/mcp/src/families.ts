import { kubernetes } from './kubernetes/family.ts'
import type { Tool } from './tool/define-tool.ts'

/** A group of tools that is listed or left out as a whole; its name is the prefix of its tools' names. */
export type Family = { name: string; tools: readonly Tool[] }

/** All tools, in the order of `tools/list`. */
export const families: readonly Family[] = [kubernetes]
