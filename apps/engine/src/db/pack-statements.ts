import type { PoolClient, PoolConfig, QueryConfig } from 'pg'

/** For the options of a pool: statements are sent without waiting for the answers before them. The types lag behind. */
export const pipelined: PoolConfig & { pipeline: true } = { pipeline: true }

/** Texts that vary without end, such as lists of values, must not fill the server's memory. */
const MOST_PREPARED = 300

const names = new Map<string, string>()

/**
 * Makes a connection send what is asked at the same moment, say with `Promise.all` inside a transaction, in one packet,
 * and prepare each statement once: most of what a short statement costs is its own trip and its own plan.
 */
export function packStatements(client: PoolClient): void {
  const ask: (...asked: unknown[]) => unknown = client.query.bind(client)
  const { stream } = client.connection
  const query = (asked: unknown, ...rest: unknown[]) => {
    stream.cork()
    process.nextTick(() => stream.uncork())
    return ask(isUnnamed(asked) ? { ...asked, name: nameOf(asked.text) } : asked, ...rest)
  }
  Object.assign(client, { query })
}

function isUnnamed(asked: unknown): asked is QueryConfig {
  if (typeof asked !== 'object' || asked === null || !('text' in asked)) return false
  return !('name' in asked) || asked.name === undefined
}

function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined || names.size >= MOST_PREPARED) return known
  const name = `fairlead_${names.size}`
  names.set(text, name)
  return name
}
