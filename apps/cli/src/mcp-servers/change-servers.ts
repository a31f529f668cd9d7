import type { McpServerRead } from '@fairlead/contract/endpoints/mcp-servers'
import type { Session } from '../session/open-session.ts'
import { CommandError } from '../terminal/command-error.ts'
import { type ExitCode, exitCodes } from '../terminal/exit-codes.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import type { Terminal } from '../terminal/terminal.ts'

export async function listServers(
  { api }: Session,
  terminal: Terminal,
  { json = false }: { json?: boolean },
): Promise<ExitCode> {
  for (const server of await api.call('GET /mcp-servers')) {
    if (json) terminal.json(server)
    else terminal.answer(`${serverLine(server)}\n`)
  }
  return exitCodes.done
}

export async function addServer(
  { api }: Session,
  terminal: Terminal,
  { name, url, tokenEnv }: { name: string; url: string; tokenEnv: string | undefined },
): Promise<ExitCode> {
  const body = { name, url, ...(tokenEnv !== undefined && { token_env: tokenEnv }) }
  const server = await api.call('POST /mcp-servers', { body })
  terminal.answer(`${serverLine(server)}\n`)
  terminal.note(`Its tools are writes until you pin them: fairlead mcp-servers tools ${name}`)
  return exitCodes.done
}

export async function changeServer(
  session: Session,
  terminal: Terminal,
  name: string,
  enabled: boolean,
): Promise<ExitCode> {
  const { id } = await serverNamed(session, name)
  const server = await session.api.call('PATCH /mcp-servers/:server_id', {
    params: { server_id: id },
    body: { enabled },
  })
  terminal.answer(`${serverLine(server)}\n`)
  return exitCodes.done
}

export async function removeServer(session: Session, terminal: Terminal, name: string): Promise<ExitCode> {
  const { id } = await serverNamed(session, name)
  await session.api.call('DELETE /mcp-servers/:server_id', { params: { server_id: id } })
  terminal.note(`${neutraliseLine(name)} is removed.`)
  return exitCodes.done
}

/** Throws CommandError that names those that are there. */
export async function serverNamed({ api }: Session, name: string): Promise<McpServerRead> {
  const servers = await api.call('GET /mcp-servers')
  const found = servers.find((server) => server.name === name)
  if (found !== undefined) return found
  const known = servers.map((server) => server.name).join(', ')
  throw new CommandError('wrongUse', `There is no MCP server ${neutraliseLine(name)}. There are: ${known}.`)
}

function serverLine({ name, url, enabled, reachable, tools }: McpServerRead): string {
  const state = enabled ? (reachable ? 'answers' : 'does not answer') : 'disabled'
  const counts = `${tools.pinned} tools pinned, ${tools.new} new, ${tools.changed} changed`
  return `${name}  ${neutraliseLine(url)}  ${state}${reachable ? `  ${counts}` : ''}`
}
