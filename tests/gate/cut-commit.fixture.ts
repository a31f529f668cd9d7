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

/** Between an engine and its database: only the answer that a transaction is durable gets lost, not the transaction. */
export async function startCutCommit(databaseUrl: string): Promise<CutCommit> {
  const target = new URL(databaseUrl)
  const open = new Set<Socket>()
  let armed: { table: string; cut: () => void } | undefined
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname)
    let isMarked = false
    let isCut = false
    client.on('data', (chunk) => {
      const packet = chunk.toString('latin1').toLowerCase()
      isMarked ||= armed !== undefined && packet.includes(`insert into "${armed.table}"`)
      isCut ||= isMarked && packet.includes('commit\0')
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
