import { is, Param, Placeholder, type Query, sql } from 'drizzle-orm'
import {
  PgDatabase,
  PgDialect,
  type PgPreparedQuery,
  type PgQueryResultHKT,
  PgSession,
  type SelectedFieldsOrdered,
} from 'drizzle-orm/pg-core'
import type { Db } from './database.ts'
import { askTogether, momentOf } from './one-statement.ts'
import { type RawRow, rowReader } from './row-reader.ts'

/** Where the values of a statement go, by name. */
export type Slots<Needed> = { readonly [Name in keyof Needed]: Placeholder<Name & string, Needed[Name]> }

type Preparable<Result> = { prepare(name: string): { execute(): Promise<Result> } }

/**
 * A statement whose text is built once, when it is first asked: the query builder takes longer over it than the driver
 * over its trip. It runs on whatever database or transaction it is given, and begins at once. A value that is undefined
 * is null.
 */
export function prepared<Needed, Result>(
  build: (db: Db, of: Slots<Needed>) => Preparable<Result>,
): (db: Db, values: Needed) => Promise<Result> {
  let blueprint: Blueprint | undefined
  return (db, values) => {
    blueprint ??= draw(build)
    return blueprint.on(db, values as Values) as Promise<Result>
  }
}

/**
 * The same for a statement that must find a row: without one it fails, and all that is asked with it, under the name
 * that `faultOf` gives.
 */
export function preparedDemand<Needed, Row>(
  faultOf: string | ((values: Needed) => string),
  build: (db: Db, of: Slots<Needed>) => Preparable<Row[]>,
): (db: Db, values: Needed) => Promise<Row> {
  let blueprint: Blueprint | undefined
  return async (db, values) => {
    blueprint ??= draw(build)
    const demanded = typeof faultOf === 'string' ? faultOf : faultOf(values)
    const [row] = await blueprint.demandedOf(db, values as Values, demanded)
    return row as Row
  }
}

type PrepareQuery = PgSession['prepareQuery']

type Values = Readonly<Record<string, unknown>>
type Drawn = {
  text: string
  /** What stands in each place, from the values of one asking. */
  places: readonly ((values: Values) => unknown)[]
  fields: SelectedFieldsOrdered | undefined
  isResponseInArrayMode: boolean
  mapper: ((rows: unknown[][]) => never) | undefined
}

/** Takes down what the query builder would have a driver prepare. */
class Blueprint extends PgSession {
  #drawn: Drawn | undefined
  /** What the query builder notes on a statement behind its back: which of the joined tables may be missing. */
  readonly #notes: { setToken(): unknown; joinsNotNullableMap?: unknown } = { setToken: () => this.#notes }

  override prepareQuery: PrepareQuery = ({ sql: text, params }, fields, _name, isResponseInArrayMode, mapper) => {
    this.#drawn = { text, places: params.map(placeOf), fields, isResponseInArrayMode, mapper: mapper as never }
    return this.#notes as never
  }

  /** To be called behind the last note. */
  finish(): void {
    const { fields, mapper } = this.#seen
    if (fields === undefined || mapper !== undefined) return
    // An object of a joined table is null where all of its columns are: that is left to the query builder.
    if (this.#notes.joinsNotNullableMap !== undefined && fields.some(({ path }) => path.length === 2)) return
    const read = rowReader(fields)
    this.#seen.mapper = (rows: readonly RawRow[]) => rows.map((row) => read(row)) as never
  }

  override transaction(): never {
    throw new Error('A prepared statement is no transaction')
  }

  on(db: Db, values: Values): Promise<unknown> {
    const { fields, isResponseInArrayMode, mapper } = this.#seen
    const statement: PgPreparedQuery<{ execute: unknown; all: unknown; values: unknown }> = db._.session.prepareQuery(
      this.#filled(values),
      fields,
      undefined,
      isResponseInArrayMode,
      mapper,
    )
    const { joinsNotNullableMap } = this.#notes
    return Object.assign(statement, { joinsNotNullableMap }).execute()
  }

  async demandedOf(db: Db, values: Values, demanded: string): Promise<unknown[]> {
    const asked = { ...this.#filled(values), fields: this.#seen.fields, demanded }
    const moment = momentOf(db)
    if (moment !== undefined) return await moment.ask(asked)
    const [rows = []] = await askTogether(db, [asked])
    return rows
  }

  get #seen(): Drawn {
    if (this.#drawn === undefined) throw new Error('Nothing was prepared')
    return this.#drawn
  }

  #filled(values: Values): Query {
    const { text, places } = this.#seen
    return { sql: text, params: places.map((valueIn) => valueIn(values)) }
  }
}

const dialect = new PgDialect()

function draw<Needed, Result>(build: (db: Db, of: Slots<Needed>) => Preparable<Result>): Blueprint {
  const blueprint = new Blueprint(dialect)
  const db: Db = new PgDatabase<PgQueryResultHKT>(dialect, blueprint, undefined)
  const of = new Proxy({}, { get: (_, name) => sql.placeholder(String(name)) })
  build(db, of as Slots<Needed>).prepare('')
  blueprint.finish()
  return blueprint
}

/** The value as the driver takes it: by its column, where the statement says which. */
function placeOf(param: unknown): (values: Values) => unknown {
  if (is(param, Placeholder)) return (values) => values[param.name] ?? null
  if (!is(param, Param) || !is(param.value, Placeholder)) return () => param
  const { encoder, value: placeholder } = param
  return (values) => {
    const value = values[placeholder.name] ?? null
    return value === null ? null : encoder.mapToDriverValue(value)
  }
}
