import { uuid } from '@fairlead/contract/ids'
import { Command } from 'commander'
import { findServer, type Whereabouts } from '../session/find-server.ts'
import { openSession } from '../session/open-session.ts'
import { serverOptions } from '../session/server-options.ts'
import { CommandError } from '../terminal/command-error.ts'
import { createInterrupts } from '../terminal/interrupts.ts'
import { runCommand } from '../terminal/run-command.ts'
import { chat } from './chat.ts'

type ChatOptions = Whereabouts & { conversation?: string; json?: boolean }

export function chatCommand(env: NodeJS.ProcessEnv): Command {
  const [serverOption, stateOption] = serverOptions()
  return new Command('chat')
    .description('talk with the agent in this terminal')
    .argument('[question...]', 'ask this one question and end; from a pipe, the question is read from it')
    .addOption(serverOption)
    .addOption(stateOption)
    .option('--conversation <id>', 'go on with this conversation')
    .option('--json', 'print each event as a line of JSON; nothing is decided')
    .action(async (words: string[], { server, state, ...options }: ChatOptions) => {
      await runCommand(process, async (terminal) => {
        if (options.conversation !== undefined && !uuid.safeParse(options.conversation).success) {
          throw new CommandError('wrongUse', '--conversation takes the id of a conversation, as its address ends with.')
        }
        const session = await openSession(await findServer({ server, state }, { env, cwd: process.cwd() }), terminal)
        try {
          return await chat({ ...options, words, session, terminal, interrupts: createInterrupts(process) })
        } finally {
          await session.close()
        }
      })
    })
}
