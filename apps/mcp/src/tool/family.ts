import type { Tool } from './define-tool.ts'

/**
 * The tools of one target system. Its name is the prefix of their names, and the group, listed or left out as a whole, of those
 * that name none of their own.
 */
export type Family = { name: string; tools: readonly Tool[] }
