import type { Tool } from './define-tool.ts'

/** A group of tools that is listed or left out as a whole; its name is the prefix of its tools' names. */
export type Family = { name: string; tools: readonly Tool[] }
