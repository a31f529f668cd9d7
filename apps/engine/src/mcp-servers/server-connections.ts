import { connectTools, type ToolServer } from '../mcp-client/connect-tools.ts'
import type { McpServerRow } from './server-rows.ts'

type Ports = {
  /** Bearer tokens by the names of their variables. */
  tokens: Readonly<Record<string, string>>
  /** Limit without a byte from a server, in a call. */
  timeoutSeconds: number
  version: string
  log: { warn(fields: object, sentence: string): void }
}

export type ServerConnections = {
  /** The one connection to a server, made anew where its address or its token is another one. */
  of(row: McpServerRow): ToolServer
  /** One that knows nothing yet, to be closed by whoever asked for it. */
  fresh(row: Pick<McpServerRow, 'name' | 'url' | 'token_env'>): ToolServer
  close(): Promise<void>
}

/** Connections to the servers that administrators have registered. None of their tools is pinned here. */
export function createServerConnections({ tokens, timeoutSeconds, version, log }: Ports): ServerConnections {
  const held = new Map<string, { address: string; server: ToolServer }>()
  const fresh: ServerConnections['fresh'] = ({ name, url, token_env }) =>
    connectTools({
      ...{ url, timeoutSeconds, version, log, pins: {}, server: name },
      ...(token_env !== null && { token: tokens[token_env] }),
    })
  return {
    fresh,
    of(row) {
      const address = JSON.stringify([row.url, row.token_env])
      const known = held.get(row.id)
      if (known?.address === address) return known.server
      // Calls under way on it end on their own.
      void known?.server.close()
      const server = fresh(row)
      held.set(row.id, { address, server })
      return server
    },
    async close() {
      await Promise.all([...held.values()].map(({ server }) => server.close()))
    },
  }
}
