import { type PGlite, parse, protocol, type Results } from '@electric-sql/pglite'

type Query = (sql: string, params: readonly unknown[], rowMode?: 'array' | 'object') => Promise<Results | undefined>
type Message = Awaited<ReturnType<PGlite['execProtocol']>>['messages'][number]
type Statement = { name: string; types: readonly number[]; rows: Message | undefined }

/** Texts that vary without end, such as lists of values, must not fill the memory. */
const MOST_PREPARED = 300

/**
 * Queries of which each text is parsed and planned once, as a statement with a name; from then on a query is one trip
 * into the database, where PGlite's own makes five. Rejects with the database's error.
 */
export function preparedQueries(db: PGlite): Query {
  const { serialize } = protocol
  const statements = new Map<string, Statement>()

  const ask = async (...messages: Uint8Array[]) => (await db.execProtocol(Buffer.concat(messages))).messages

  const prepare = async (sql: string): Promise<Statement> => {
    const name = statements.size < MOST_PREPARED ? `fairlead_${statements.size}` : ''
    const described = await ask(
      serialize.parse({ name, text: sql }),
      serialize.describe({ type: 'S', name }),
      serialize.sync(),
    )
    const types = described.find(isParameters)?.dataTypeIDs ?? []
    const statement = { name, types, rows: described.find((message) => message.name === 'rowDescription') }
    if (name !== '') statements.set(sql, statement)
    return statement
  }

  return async (sql, params, rowMode) =>
    await db.runExclusive(async () => {
      const { name, types, rows } = statements.get(sql) ?? (await prepare(sql))
      const values = params.map((value, index) => serialized(value, db.serializers[types[index] ?? 0]))
      const answered = await ask(serialize.bind({ statement: name, values }), serialize.execute({}), serialize.sync())
      const [results] = parse.parseResults(rows === undefined ? answered : [rows, ...answered], db.parsers, { rowMode })
      return results
    })
}

function isParameters(message: Message): message is Message & { dataTypeIDs: number[] } {
  return message.name === 'parameterDescription'
}

function serialized(value: unknown, serializer: ((value: unknown) => string) | undefined): string | null {
  if (value === null || value === undefined) return null
  return serializer ? serializer(value) : String(value)
}
