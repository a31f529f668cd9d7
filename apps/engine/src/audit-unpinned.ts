import type { Logger } from '@fairlead/service-kit/logger'
import type { Db } from './db/database.ts'
import { recordUnpinned } from './event-log/audit/record-unpinned.ts'
import type { ListedTool, PinnedTools } from './mcp-client/to-catalogue-tool.ts'

/** What is done about tools that nobody vouches for: the audit has each once. One that it did not take is tried again. */
export function auditUnpinned({ db, pins, log }: { db: Db; pins: PinnedTools; log: Logger }) {
  const recorded = new Set<string>()
  return async (listed: readonly ListedTool[]): Promise<void> => {
    const fresh = new Map(listed.flatMap((tool) => (recorded.has(tool.digest) ? [] : [[tool.digest, tool] as const])))
    if (fresh.size === 0) return
    const tools = [...fresh.values()].map(({ server, name, digest }) => {
      const pinned_digest = Object.hasOwn(pins, name) ? (pins[name] ?? null) : null
      return { server, tool: name, digest, pinned_digest }
    })
    try {
      await recordUnpinned(db, tools)
      for (const { digest } of tools) recorded.add(digest)
    } catch (error) {
      log.warn({ err: error, tools: tools.map(({ tool }) => tool) }, 'Tools that nobody vouches for were not recorded')
    }
  }
}
