import { Command } from 'commander'
import { findServer, type Whereabouts } from '../session/find-server.ts'
import { openSession, type Session } from '../session/open-session.ts'
import { serverOptions } from '../session/server-options.ts'
import type { ExitCode } from '../terminal/exit-codes.ts'
import { runCommand } from '../terminal/run-command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { addServer, changeServer, listServers, removeServer } from './change-servers.ts'
import { listTools, pinTools, unpinTool } from './pin-tools.ts'

type Options = Whereabouts & { json?: boolean; tokenEnv?: string }
type Run = (session: Session, terminal: Terminal) => Promise<ExitCode>

/** For administrators: MCP servers of others, and which of their tools may be believed. */
export function mcpServersCommand(env: NodeJS.ProcessEnv): Command {
  const inSession = ({ server, state }: Options, run: Run) =>
    runCommand(process, async (terminal) => {
      const session = await openSession(await findServer({ server, state }, { env, cwd: process.cwd() }), terminal)
      try {
        return await run(session, terminal)
      } finally {
        await session.close()
      }
    })
  const command = (name: string, description: string) => {
    const [serverOption, stateOption] = serverOptions()
    return new Command(name).description(description).addOption(serverOption).addOption(stateOption)
  }
  return new Command('mcp-servers')
    .description('register MCP servers of others, and vouch for their tools')
    .addCommand(
      command('list', 'all servers, with how many of their tools are pinned')
        .option('--json', 'print one object a line')
        .action((options: Options) => inSession(options, (...of) => listServers(...of, options))),
    )
    .addCommand(
      command('add', 'register one that answers; all its tools are writes until they are pinned')
        .argument('<name>', 'the name of its toolset')
        .argument('<url>', 'its Streamable HTTP address')
        .option('--token-env <name>', "of the engine's environment, with the bearer token: MCP_TOKEN_…")
        .action((name: string, url: string, options: Options) =>
          inSession(options, (...of) => addServer(...of, { name, url, tokenEnv: options.tokenEnv })),
        ),
    )
    .addCommand(
      command('tools', 'the tools that a server lists now')
        .argument('<name>')
        .option('--json', 'print one object a line')
        .action((name: string, options: Options) =>
          inSession(options, (...of) => listTools(...of, { name, ...options })),
        ),
    )
    .addCommand(
      command('pin', 'vouch for tools as they are now: those that say that they only look run without approval')
        .argument('<name>')
        .argument('<tools...>')
        .action((name: string, tools: string[], options: Options) =>
          inSession(options, (...of) => pinTools(...of, { name, tools })),
        ),
    )
    .addCommand(
      command('unpin', 'take that back: the tool is a write again')
        .argument('<name>')
        .argument('<tool>')
        .action((name: string, tool: string, options: Options) =>
          inSession(options, (...of) => unpinTool(...of, { name, tool })),
        ),
    )
    .addCommand(
      command('enable', 'offer its tools again')
        .argument('<name>')
        .action((name: string, options: Options) => inSession(options, (...of) => changeServer(...of, name, true))),
    )
    .addCommand(
      command('disable', 'offer none of its tools; its pins stay')
        .argument('<name>')
        .action((name: string, options: Options) => inSession(options, (...of) => changeServer(...of, name, false))),
    )
    .addCommand(
      command('remove', 'forget it with its pins; what waits of its calls is cancelled')
        .argument('<name>')
        .action((name: string, options: Options) => inSession(options, (...of) => removeServer(...of, name))),
    )
}
