import { Command } from 'commander'
import { findServer, type Whereabouts } from '../session/find-server.ts'
import { serverOptions } from '../session/server-options.ts'
import { signOut } from '../session/sign-out.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import { runCommand } from '../terminal/run-command.ts'

export function signOutCommand(env: NodeJS.ProcessEnv): Command {
  const [server, state] = serverOptions()
  return new Command('sign-out')
    .description('end the session that is kept for this terminal')
    .addOption(server)
    .addOption(state)
    .action((where: Whereabouts) =>
      runCommand(process, async (terminal) => {
        terminal.note(await signOut(await findServer(where, { env, cwd: process.cwd() }), terminal.env))
        return exitCodes.done
      }),
    )
}
