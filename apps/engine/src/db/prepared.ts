import { is, Param, Placeholder, type Query, sql } from 'drizzle-orm'
import { PgDatabase, PgDialect, type PgPreparedQuery, type PgQueryResultHKT, PgSession } from 'drizzle-orm/pg-core'
import type { Db } from './database.ts'
import { askTogether, momentOf } from './one-statement.ts'

/** Where the values of a statement go, by name. */
export type Slots<Values> = { readonly [Name in keyof Values]: Placeholder<Name & string, Values[Name]> }

type Preparable<Result> = { prepare(name: string): { execute(): Promise<Result> } }

/**
 * A statement whose text is built once, when it is first asked: the query builder takes longer over it than the driver
 * over its trip. It runs on whatever database or transaction it is given, and begins at once. A value that is undefined
 * is null.
 */
export function prepared<Values, Result>(
  build: (db: Db, of: Slots<Values>) => Preparable<Result>,
): (db: Db, values: Values) => Promise<Result> {
  let blueprint: Blueprint | undefined
  return (db, values) => {
    blueprint ??= draw(build)
    return blueprint.on(db, values as Record<string, unknown>) as Promise<Result>
  }
}

/**
 * The same for a statement that must find a row: without one it fails, and all that is asked with it, under the name
 * that `faultOf` gives.
 */
export function preparedDemand<Values, Row>(
  faultOf: string | ((values: Values) => string),
  build: (db: Db, of: Slots<Values>) => Preparable<Row[]>,
): (db: Db, values: Values) => Promise<Row> {
  let blueprint: Blueprint | undefined
  return async (db, values) => {
    blueprint ??= draw(build)
    const demanded = typeof faultOf === 'string' ? faultOf : faultOf(values)
    const [row] = await blueprint.demandedOf(db, values as Record<string, unknown>, demanded)
    return row as Row
  }
}

type PrepareQuery = PgSession['prepareQuery']

/** Takes down what the query builder would have a driver prepare. */
class Blueprint extends PgSession {
  #query: Query | undefined
  #rest: [fields: never, name: never, isResponseInArrayMode: never, mapper: never] | undefined
  /** What the query builder notes on a statement behind its back: which of the joined tables may be missing. */
  readonly #notes = { setToken: () => this.#notes }

  override prepareQuery: PrepareQuery = (query, fields, _name, isResponseInArrayMode, mapper) => {
    this.#query = query
    this.#rest = [fields, undefined, isResponseInArrayMode, mapper] as never
    return this.#notes as never
  }

  override transaction(): never {
    throw new Error('A prepared statement is no transaction')
  }

  on(db: Db, values: Record<string, unknown>): Promise<unknown> {
    const { rest, ...query } = this.#filled(values)
    const { setToken: _, ...notes } = this.#notes
    const statement: PgPreparedQuery<{ execute: unknown; all: unknown; values: unknown }> = db._.session.prepareQuery(
      query,
      ...rest,
    )
    return Object.assign(statement, notes).execute()
  }

  async demandedOf(db: Db, values: Record<string, unknown>, demanded: string): Promise<unknown[]> {
    const { rest, ...query } = this.#filled(values)
    const asked = { ...query, fields: rest[0], demanded }
    const moment = momentOf(db)
    if (moment !== undefined) return await moment.ask(asked)
    const [rows = []] = await askTogether(db, [asked])
    return rows
  }

  #filled(values: Record<string, unknown>) {
    if (this.#query === undefined || this.#rest === undefined) throw new Error('Nothing was prepared')
    const { sql: text, params } = this.#query
    return { sql: text, params: params.map((param) => filled(param, values)), rest: this.#rest }
  }
}

const dialect = new PgDialect()

function draw<Values, Result>(build: (db: Db, of: Slots<Values>) => Preparable<Result>): Blueprint {
  const blueprint = new Blueprint(dialect)
  const db: Db = new PgDatabase<PgQueryResultHKT>(dialect, blueprint, undefined)
  const of = new Proxy({}, { get: (_, name) => sql.placeholder(String(name)) })
  build(db, of as Slots<Values>).prepare('')
  return blueprint
}

/** The value as the driver takes it: by its column, where the statement says which. */
function filled(param: unknown, values: Record<string, unknown>): unknown {
  if (is(param, Placeholder)) return values[param.name] ?? null
  if (!is(param, Param) || !is(param.value, Placeholder)) return param
  const value = values[param.value.name] ?? null
  return value === null ? null : param.encoder.mapToDriverValue(value)
}
