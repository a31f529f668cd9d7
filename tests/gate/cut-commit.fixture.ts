import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type CutCommit = {
  /** Connection string through here. */
  url: string
  /**
   * The next commit after a statement that names the table reaches the database, and its connection is lost before the
   * answer. Resolves once that has happened.
   */
  afterWriteTo(table: string): Promise<void>
  close(): Promise<void>
}

/** The texts that a packet of the extended protocol executes; `prepared` knows those of earlier packets by name. */
function statementsIn(packet: string, prepared: Map<string, string>): string[] {
  for (const [, name = '', text = ''] of packet.matchAll(/(\w+)\0((?:insert|commit)[^\0]*)\0/g))
    prepared.set(name, text)
  return [...packet.matchAll(/\0(\w+)\0/g)].flatMap(([, name = '']) => prepared.get(name) ?? [])
}

/** Between an engine and its database: what is lost here is the word that a transaction is durable, not the transaction. */
export async function startCutCommit(databaseUrl: string): Promise<CutCommit> {
  const target = new URL(databaseUrl)
  const open = new Set<Socket>()
  let armed: { table: string; cut: () => void } | undefined
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname)
    const prepared = new Map<string, string>()
    let isMarked = false
    let isCut = false
    client.on('data', (chunk) => {
      const statements = statementsIn(chunk.toString('latin1').toLowerCase(), prepared)
      const insert = `insert into "${armed?.table}"`
      isMarked ||= armed !== undefined && statements.some((text) => text.startsWith(insert))
      isCut ||= isMarked && statements.includes('commit')
      database.write(chunk)
    })
    database.on('data', (chunk) => {
      if (!isCut) return void client.write(chunk)
      armed?.cut()
      armed = undefined
      client.destroy()
      database.end()
    })
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.end()
      })
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(databaseUrl)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    afterWriteTo: (table) =>
      new Promise((cut) => {
        armed = { table, cut }
      }),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}
