import { Command } from 'commander'
import { testCommand } from './test/test-command.ts'
import { upCommand } from './up/up-command.ts'

const program = new Command('fairlead')
  .description('Self-hosted AI operations agent for Kubernetes and CI/CD')
  .addCommand(upCommand(process.env))
  .addCommand(testCommand(process.env))

await program.parseAsync()
