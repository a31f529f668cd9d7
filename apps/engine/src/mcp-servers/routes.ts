import type { Endpoints } from '@fairlead/contract/endpoints/endpoints'
import type { mcpServerEndpoints } from '@fairlead/contract/endpoints/mcp-servers'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import type { Handlers } from '../http/handlers.ts'
import type { ToolServer } from '../mcp-client/connect-tools.ts'
import { changeServer, createServer, deleteServer, pinTools, type ServerPorts, unpinTool } from './change-servers.ts'
import { builtinRead, builtinTools, listNow, serverRead, serverReadOf, toolReads } from './server-reads.ts'
import { findServer, readServers } from './server-rows.ts'

type Ports = ServerPorts & {
  /** The server of the release: its address as people may see it, and the audience of its grants. */
  builtin: { url: string; audience: string; server: Pick<ToolServer, 'list'> }
}

export function mcpServerHandlers(ports: Ports): Pick<Handlers<Endpoints>, keyof typeof mcpServerEndpoints> {
  const { db, connections, builtin } = ports
  const by = ({ user, address }: { user: AuthenticatedUser; address: string }) => ({ ...user, address })
  return {
    listMcpServers: async () => {
      const rows = await readServers(db)
      const others = rows.map((row) => serverRead(connections, row))
      return await Promise.all([builtinRead(builtin, builtin.server), ...others])
    },
    createMcpServer: async (call) => {
      const { row, listed } = await createServer(ports, { input: call.input, by: by(call) })
      return serverReadOf(row, listed)
    },
    changeMcpServer: async (call) => {
      const { row, listed } = await changeServer(ports, {
        ...{ id: call.params.server_id, input: call.input, by: by(call) },
      })
      return listed === undefined ? await serverRead(connections, row) : serverReadOf(row, listed)
    },
    deleteMcpServer: async (call) => {
      await deleteServer(ports, { id: call.params.server_id, by: by(call) })
      return undefined
    },
    listMcpTools: async ({ params }) => {
      if (params.server_id === 'builtin') return await builtinTools(builtin.server)
      const row = await findServer(db, params.server_id)
      return toolReads(row, await listNow(connections, row))
    },
    pinMcpTools: async (call) => {
      const { row, listed = [] } = await pinTools(ports, {
        ...{ id: call.params.server_id, input: call.input, by: by(call) },
      })
      return toolReads(row, listed)
    },
    unpinMcpTool: async (call) => {
      const { server_id: id, tool } = call.params
      await unpinTool(ports, { id, tool, by: by(call) })
      return undefined
    },
  }
}
