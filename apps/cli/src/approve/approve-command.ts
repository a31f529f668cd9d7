import { Command } from 'commander'
import { findServer, type Whereabouts } from '../session/find-server.ts'
import { openSession, type Session } from '../session/open-session.ts'
import { serverOptions } from '../session/server-options.ts'
import { CommandError } from '../terminal/command-error.ts'
import type { ExitCode } from '../terminal/exit-codes.ts'
import { runCommand } from '../terminal/run-command.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { decideOne } from './decide-one.ts'
import { listWaiting } from './list-waiting.ts'
import { showOne } from './show-one.ts'
import { walkThrough } from './walk-through.ts'

type ApproveOptions = Whereabouts & {
  yes?: boolean
  no?: boolean
  reason?: string
  argsDigest?: string
  effectDigest?: string
  wait?: boolean
  json?: boolean
  unmasked?: boolean
  details?: boolean
  shown?: string
}

export function approveCommand(env: NodeJS.ProcessEnv): Command {
  const [serverOption, stateOption] = serverOptions()
  return new Command('approve')
    .description('list the changes that wait for you, and decide them')
    .argument('[call-id]', 'this call alone; without --yes or --no it is shown, and at a terminal asked about')
    .addOption(serverOption)
    .addOption(stateOption)
    .option('--yes', 'approve it; both digests are needed')
    .option('--no', 'deny it; both digests are needed')
    .option('--reason <text>', 'why; the model is told, and the record keeps it')
    .option('--args-digest <hex>', 'the arguments that you have read')
    .option('--effect-digest <hex>', 'the effect that you have read')
    .option('--unmasked', 'show what would be written in place of what is hidden, and the token that says so')
    .option('--details', 'show the YAML diff and what is fixed for the execution, too')
    .option('--shown <token>', 'that token: approving what would run takes it, where text of it is hidden')
    .option('--wait', 'end when the change has been executed, not when it is decided')
    .option('--json', 'print JSON, one object a line')
    .action((callId: string | undefined, options: ApproveOptions) =>
      withSession(options, env, (session, terminal) => approve(callId, options, session, terminal)),
    )
    .addCommand(
      new Command('list')
        .description('list what waits for you')
        .addOption(serverOption)
        .addOption(stateOption)
        .option('--json', 'print one object a line')
        .action((_, command: Command) => {
          // An option that both know is the outer one's wherever it stands.
          const { json, ...where } = command.optsWithGlobals<ApproveOptions>()
          return withSession(where, env, (session, terminal) => listWaiting(session, terminal, json))
        }),
    )
}

function approve(
  callId: string | undefined,
  options: ApproveOptions,
  session: Session,
  terminal: Terminal,
): Promise<ExitCode> {
  const { json, wait, reason, argsDigest, effectDigest, unmasked, details, shown } = options
  // `--no` is the option's own name here; a negated one sets nothing else.
  const isDecision = options.yes === true || options.no === true
  if (options.yes && options.no) throw new CommandError('wrongUse', 'Say --yes or --no, not both.')
  if (callId === undefined) {
    if (isDecision) throw new CommandError('wrongUse', 'Name the call to decide: fairlead approve CALL_ID --yes …')
    return terminal.isInteractive && !json ? walkThrough(session, terminal) : listWaiting(session, terminal, json)
  }
  if (!isDecision) return showOne(session, terminal, { callId, json, unmasked, details })
  if (argsDigest === undefined || effectDigest === undefined) {
    throw new CommandError(
      'wrongUse',
      'A decision is bound to what you have read: give --args-digest and --effect-digest, as "fairlead approve CALL_ID" and "fairlead approve list --json" show them.',
    )
  }
  const decision = {
    approve: options.yes === true,
    reason,
    shown,
    args_digest: argsDigest,
    effect_digest: effectDigest,
  }
  return decideOne(session, terminal, { callId, decision, wait, json })
}

function withSession(
  where: Whereabouts,
  env: NodeJS.ProcessEnv,
  work: (session: Session, terminal: Terminal) => Promise<ExitCode>,
): Promise<never> {
  return runCommand(process, async (terminal) => {
    const session = await openSession(await findServer(where, { env, cwd: process.cwd() }), terminal)
    try {
      return await work(session, terminal)
    } finally {
      await session.close()
    }
  })
}
