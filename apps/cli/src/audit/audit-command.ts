import { Command, Option } from 'commander'
import { findServer, type Whereabouts } from '../session/find-server.ts'
import { openSession } from '../session/open-session.ts'
import { serverOptions } from '../session/server-options.ts'
import { runCommand } from '../terminal/run-command.ts'
import { exportRecord } from './export-record.ts'
import { type VerifyFileOptions, verifyFile } from './verify-file.ts'

type ExportOptions = Whereabouts & {
  format: 'jsonl' | 'csv'
  output?: string
  start?: string
  end?: string
  type?: string
  user?: string
  conversation?: string
  run?: string
  call?: string
  tool?: string
  outcome?: string
  cluster?: string
  namespace?: string
  object?: string
}

export function auditCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('audit')
    .description('take the record out, and check that nobody has changed it')
    .addCommand(exportCommand(env))
    .addCommand(verifyCommand())
}

function exportCommand(env: NodeJS.ProcessEnv): Command {
  const [serverOption, stateOption] = serverOptions()
  return new Command('export')
    .description('write the record, or a part of it, to stdout or a file')
    .addOption(serverOption)
    .addOption(stateOption)
    .addOption(new Option('--format <name>', 'lines of JSON, or a table').choices(['jsonl', 'csv']).default('jsonl'))
    .option('-o, --output <file>', 'write to this file, which is there once it is whole')
    .option('--start <time>', 'events from then on, such as 2026-11-24T09:00:00Z')
    .option('--end <time>', 'events until then')
    .option('--type <list>', 'events of these types, such as approval.decided,attempt.ended')
    .option('--user <id>', 'of this user')
    .option('--conversation <id>', 'of this conversation')
    .option('--run <id>', 'of this run')
    .option('--call <id>', 'of this call')
    .option('--tool <name>', 'of this tool')
    .option('--outcome <name>', 'with this outcome')
    .option('--cluster <name>', 'touching this cluster')
    .option('--namespace <name>', 'touching this namespace')
    .option('--object <kind/name>', 'touching this object')
    .action(({ server, state, output, user, conversation, run, call, ...query }: ExportOptions) =>
      runCommand(process, async (terminal) => {
        const session = await openSession(await findServer({ server, state }, { env, cwd: process.cwd() }), terminal)
        try {
          const ids = { user_id: user, conversation_id: conversation, run_id: run, call_id: call }
          return await exportRecord(session, { query: { ...query, ...ids }, output })
        } finally {
          await session.close()
        }
      }),
    )
}

function verifyCommand(): Command {
  return new Command('verify')
    .description('check an export, offline: the first row, body, head or key that is not as it was written')
    .argument('<file>', 'an export in JSONL; - reads stdin')
    .option('--key <file>', 'public keys from outside: a JWK Set, a JWK or PEM')
    .option('--head <file-or-text>', 'signed heads that a sink holds: the chain has to reach them')
    .option('--filtered', 'the export has gaps: check what such a file can show')
    .option('--json', 'print one object')
    .action((file: string, options: VerifyFileOptions) =>
      runCommand(process, (terminal) => verifyFile(file, options, terminal)),
    )
}
