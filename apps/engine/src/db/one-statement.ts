import type { Query } from 'drizzle-orm'
import {
  PgDatabase,
  PgDialect,
  type PgPreparedQuery,
  type PgQueryResultHKT,
  PgSession,
  type SelectedFieldsOrdered,
} from 'drizzle-orm/pg-core'
import type { Db } from './database.ts'
import { type RawRow, rowReader } from './row-reader.ts'

/** A statement as it is asked. */
export type Asked = Query & {
  /** The columns of its rows; undefined where nobody looks at them. */
  fields: SelectedFieldsOrdered | undefined
  /** It must find a row, or all fails under this name. */
  demanded?: string
}

/**
 * All that the work asks of its handle at this moment, as one statement: one trip, and committed or undone as a whole.
 * The parts are asked in no particular order and none sees what another has written, but what they demand is looked at
 * first, in their order. A part may give back one row. Rejects with the fault that a part has made of the database's, or
 * with that.
 */
export async function inOneStatement<const Work extends readonly unknown[]>(
  db: Db,
  ask: (moment: Db) => Work,
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  const moment = new Moment(dialect)
  const works = ask(new PgDatabase<PgQueryResultHKT>(dialect, moment, undefined)).map((work) => Promise.resolve(work))
  let early: { fault: unknown } | undefined
  Promise.all(works).catch((fault: unknown) => {
    early = { fault }
  })
  await new Promise<void>((resolve) => process.nextTick(resolve)) // the query builder asks whenever it is awaited
  // A fault before its statement was asked would otherwise leave the others to be committed without it.
  const fault = early === undefined ? await moment.run(db) : moment.drop(early.fault)
  const values: unknown[] = []
  const faults: unknown[] = []
  for (const result of await Promise.allSettled(works)) {
    if (result.status === 'fulfilled') values.push(result.value)
    else faults.push(result.reason)
  }
  if (faults.length > 0) throw faults.find((one) => one !== fault) ?? faults[0]
  return values as never
}

/** The moment that gathers what is asked of this handle; undefined for one that asks at once. */
export function momentOf(db: Db): { ask(asked: Asked): Promise<unknown[]> } | undefined {
  const { session } = db._
  return session instanceof Moment ? session : undefined
}

/** Asks the statements as one, at once; resolves to the rows of each. */
export async function askTogether(db: Db, asked: readonly Asked[]): Promise<unknown[][]> {
  const { text, read } = compositionOf(asked)
  const params: unknown[] = []
  for (const part of asked) params.push(...part.params)
  for (const { demanded } of asked) if (demanded !== undefined) params.push(demanded)
  const statement: PgPreparedQuery<{ execute: unknown; all: unknown; values: unknown }> = db._.session.prepareQuery(
    { sql: text, params },
    undefined,
    undefined,
    true,
    (rows) => rows[0],
  )
  return read((await statement.execute()) as RawRow)
}

/** Gathers statements in place of a driver. */
class Moment extends PgSession {
  readonly #asked: Asked[] = []
  readonly #waiting: PromiseWithResolvers<unknown[]>[] = []
  /** For all parts whose rows nobody looks at. */
  readonly #unseen = waitingQuietly()
  #isOver = false

  override prepareQuery: PgSession['prepareQuery'] = (query, fields) => {
    const statement = { setToken: () => statement, execute: () => this.ask({ ...query, fields }) }
    return statement as never
  }

  override transaction(): never {
    throw new Error('A statement holds no transaction')
  }

  ask(asked: Asked): Promise<unknown[]> {
    if (this.#isOver) return Promise.reject(new Error('Asked behind the statement of its moment'))
    const waiting = asked.fields === undefined ? this.#unseen : waitingQuietly()
    this.#asked.push(asked)
    this.#waiting.push(waiting)
    return waiting.promise
  }

  /** Resolves to the database's fault, if there was one. */
  async run(db: Db): Promise<unknown> {
    this.#isOver = true
    if (this.#asked.length === 0) return undefined
    try {
      const rows = await askTogether(db, this.#asked)
      for (const [index, { resolve }] of this.#waiting.entries()) resolve(rows[index] ?? [])
      return undefined
    } catch (fault) {
      return this.drop(fault)
    }
  }

  drop(fault: unknown): unknown {
    this.#isOver = true
    for (const { reject } of this.#waiting) reject(fault)
    return fault
  }
}

/** A fault is told by the statement as a whole. */
function waitingQuietly(): PromiseWithResolvers<unknown[]> {
  const waiting = Promise.withResolvers<unknown[]>()
  waiting.promise.catch(() => {})
  return waiting
}

const dialect = new PgDialect()

type Composition = {
  text: string
  /** The rows of each part, from the one row of all. */
  read(row: RawRow): unknown[][]
}

/** What is asked together varies little; beyond that it is composed anew each time. */
const MOST_KNOWN = 300
const numbers = new Map<string, number>()
const known = new Map<string, Composition>()

function compositionOf(asked: readonly Asked[]): Composition {
  let key = ''
  for (const { sql: text, demanded } of asked) key += `${demanded === undefined ? ' ' : '!'}${numberOf(text)}`
  const before = known.get(key)
  if (before !== undefined) return before
  const composition = compose(asked)
  if (known.size < MOST_KNOWN && !key.includes('NaN')) known.set(key, composition)
  return composition
}

function numberOf(text: string): number {
  const number = numbers.get(text)
  if (number !== undefined) return number
  if (numbers.size >= MOST_KNOWN) return Number.NaN
  numbers.set(text, numbers.size)
  return numbers.size - 1
}

/** Parts that nobody looks at are run all the same, as long as they write; one that only reads must have columns. */
function compose(asked: readonly Asked[]): Composition {
  const parts: string[] = []
  const found: string[] = []
  const columns: string[] = []
  const readers: { found: number; from: number; fields: SelectedFieldsOrdered }[] = []
  let used = 0
  let demands = asked.reduce((sum, { params }) => sum + params.length, 0)
  for (const [index, { sql: text, params, fields = [], demanded }] of asked.entries()) {
    const name = `part${index}`
    if (fields.length === 0 && /^\s*select/i.test(text)) throw new Error(`Nobody looks at what this reads: ${text}`)
    const names = fields.map((_, column) => `c${column}`)
    const before = used
    const renumbered = text.replaceAll(/\$(\d+)/g, (_, number: string) => `$${Number(number) + before}`)
    used += params.length
    parts.push(`${name}${names.length > 0 ? `(${names.join(', ')})` : ''} as (${renumbered})`)
    readers.push({ found: found.length, from: columns.length, fields })
    if (names.length === 0 && demanded === undefined) continue
    const exists = `exists (select from ${name})`
    found.push(demanded === undefined ? exists : `demand(${exists}, $${++demands})`)
    columns.push(...names.map((column) => `(select ${column} from ${name})`))
  }
  const reading = readers.map((part) => ({ ...part, read: rowReader(part.fields, found.length + part.from) }))
  return {
    text: `with ${parts.join(', ')} select ${[...found, ...columns].join(', ')}`,
    read: (row) =>
      reading.map(({ found: isFound, fields, read }) =>
        fields.length === 0 || row[isFound] === false ? [] : [read(row)],
      ),
  }
}
