import type { PoolClient, PoolConfig, QueryConfig } from 'pg'
import { soon } from './soon.ts'

/** For the options of a pool: statements are sent without waiting for the answers before them. The types lag behind. */
export const pipelined: PoolConfig & { pipeline: true } = { pipeline: true }

/** Texts that vary without end, such as lists of values, must not fill the server's memory. */
const MOST_PREPARED = 300

const names = new Map<string, string>()

/**
 * Makes a connection send what is asked at the same moment, say with `Promise.all` inside a transaction, in one packet,
 * and prepare each statement once: most of what a short statement costs is its own trip and its own plan. The beginning
 * of a transaction leaves with its first statements, which fail with it.
 */
export function packStatements(client: PoolClient): void {
  const ask: (...asked: unknown[]) => Promise<unknown> = client.query.bind(client)
  const { stream } = client.connection
  let corks = 0
  let begun: Promise<unknown> | undefined
  const send = () => {
    for (; corks > 0; corks--) stream.uncork()
  }
  const query = (asked: unknown, ...rest: unknown[]) => {
    const text = textOf(asked)
    if (text === 'begin') return begin(asked, rest)
    return text === 'commit' ? commit(asked, rest) : askNow(asked, rest)
  }
  const begin = (asked: unknown, rest: unknown[]) => {
    stream.cork()
    corks += 1
    begun = ask(asked, ...rest)
    begun.catch(() => {}) // the statements behind it fail too, and at the latest the commit does
    return Promise.resolve(nothing)
  }
  const commit = async (asked: unknown, rest: unknown[]) => {
    const [answer] = await Promise.all([askNow(asked, rest), begun])
    if ((answer as { command?: unknown }).command === 'ROLLBACK') throw new Error('The transaction was rolled back')
    return answer
  }
  const askNow = (asked: unknown, rest: unknown[]) => {
    stream.cork()
    corks += 1
    soon(send)
    return ask(isUnnamed(asked) ? { ...asked, name: nameOf(asked.text) } : asked, ...rest)
  }
  Object.assign(client, { query })
}

/** What a transaction's beginning answers. */
const nothing = { rows: [], rowCount: null, fields: [] }

/** The text of what a connection is asked. */
export function textOf(asked: unknown): unknown {
  return typeof asked === 'object' && asked !== null && 'text' in asked ? asked.text : asked
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
