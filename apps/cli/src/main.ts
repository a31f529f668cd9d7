import { Command } from 'commander'
import { approveCommand } from './approve/approve-command.ts'
import { auditCommand } from './audit/audit-command.ts'
import { chatCommand } from './chat/chat-command.ts'
import { mcpCommand } from './mcp/mcp-command.ts'
import { mcpServersCommand } from './mcp-servers/mcp-servers-command.ts'
import { signOutCommand } from './sign-out/sign-out-command.ts'
import { exitCodes } from './terminal/exit-codes.ts'
import { testCommand } from './test/test-command.ts'
import { upCommand } from './up/up-command.ts'

const program = new Command('fairlead').description('Self-hosted AI operations agent for Kubernetes and CI/CD')
const commands = [
  ...[upCommand, chatCommand, approveCommand, mcpCommand, mcpServersCommand, auditCommand],
  ...[signOutCommand, testCommand],
].map((make) => make(process.env))
for (const command of [program, ...commands, ...commands.flatMap((it) => it.commands)]) {
  // A command that was written wrong is told apart from one that failed.
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.done : exitCodes.wrongUse))
}
for (const command of commands) program.addCommand(command)

await program.parseAsync()
