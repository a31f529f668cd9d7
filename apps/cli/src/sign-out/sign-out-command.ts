import { Command } from 'commander'
import { serverAddress } from '../session/server-address.ts'
import { serverOption } from '../session/server-option.ts'
import { signOut } from '../session/sign-out.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import { runCommand } from '../terminal/run-command.ts'

export function signOutCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('sign-out')
    .description('end the session that is kept for this terminal')
    .addOption(serverOption(env))
    .action(({ server }: { server: string }) =>
      runCommand(process, async (terminal) => {
        terminal.note(await signOut(serverAddress(server), terminal.env))
        return exitCodes.done
      }),
    )
}
