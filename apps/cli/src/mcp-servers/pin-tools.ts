import type { McpToolRead } from '@fairlead/contract/endpoints/mcp-servers'
import type { Session } from '../session/open-session.ts'
import { CommandError } from '../terminal/command-error.ts'
import { type ExitCode, exitCodes } from '../terminal/exit-codes.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { serverNamed } from './change-servers.ts'

export async function listTools(
  session: Session,
  terminal: Terminal,
  { name, json = false }: { name: string; json?: boolean },
): Promise<ExitCode> {
  const { id } = await serverNamed(session, name)
  for (const tool of await session.api.call('GET /mcp-servers/:server_id/tools', { params: { server_id: id } })) {
    if (json) terminal.json(tool)
    else terminal.answer(`${toolLine(tool)}\n`)
  }
  return exitCodes.done
}

/** By the digests that the server's tools have now: what changes between the two is refused. */
export async function pinTools(
  session: Session,
  terminal: Terminal,
  { name, tools }: { name: string; tools: readonly string[] },
): Promise<ExitCode> {
  const { id } = await serverNamed(session, name)
  const params = { server_id: id }
  const listed = await session.api.call('GET /mcp-servers/:server_id/tools', { params })
  const chosen = tools.map((wanted) => {
    const found = listed.find((tool) => tool.name === wanted && tool.state !== 'gone')
    if (found !== undefined) return { name: found.name, digest: found.digest }
    const known = listed.map((tool) => neutraliseLine(tool.name)).join(', ') || 'none'
    throw new CommandError('wrongUse', `${name} lists no tool ${neutraliseLine(wanted)}. Its tools: ${known}.`)
  })
  const after = await session.api.call('POST /mcp-servers/:server_id/pins', { params, body: { tools: chosen } })
  for (const tool of after.filter((each) => tools.includes(each.name))) terminal.answer(`${toolLine(tool)}\n`)
  return exitCodes.done
}

export async function unpinTool(
  session: Session,
  terminal: Terminal,
  { name, tool }: { name: string; tool: string },
): Promise<ExitCode> {
  const { id } = await serverNamed(session, name)
  await session.api.call('DELETE /mcp-servers/:server_id/pins/:tool', { params: { server_id: id, tool } })
  terminal.note(`${neutraliseLine(tool)} is a write again.`)
  return exitCodes.done
}

function toolLine({ name, state, annotations, digest, description }: McpToolRead): string {
  const isRead = annotations.readOnlyHint === true && annotations.destructiveHint !== true
  const says = isRead ? 'says that it only looks' : 'says that it changes things'
  const runs = state === 'pinned' && isRead ? 'runs without approval' : 'waits for approval'
  const about = neutraliseLine(description.split('\n')[0] ?? '').slice(0, 120)
  return `${neutraliseLine(name)}  ${state}, ${says}: ${runs}  ${digest.slice(0, 12)}\n  ${about}`
}
