import { ApiError } from '@fairlead/contract/client/api-error'
import { visibleText } from '@fairlead/contract/visible-text'
import { CommandError } from './command-error.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { neutraliseLine } from './neutralise-line.ts'
import { createTerminal, type Terminal, type TerminalStreams } from './terminal.ts'

/** Runs a command for a person or a script: every end is an exit code, every fault a sentence on stderr. */
export async function runCommand(
  process: TerminalStreams & { env: NodeJS.ProcessEnv; exit(code: number): never },
  command: (terminal: Terminal) => Promise<ExitCode>,
): Promise<never> {
  const terminal = createTerminal(process, process.env)
  let code: ExitCode
  try {
    code = await command(terminal)
  } catch (error) {
    const ended = asCommandError(error)
    terminal.note(`fairlead: ${neutraliseLine(ended?.message ?? String(error))}`)
    if (ended === undefined && error instanceof Error) terminal.note(visibleText(error.stack ?? ''))
    code = ended?.exitCode ?? exitCodes.failed
  }
  // What is written to a pipe is not there yet when a process is ended.
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))))
  return process.exit(code)
}

export function asCommandError(error: unknown): CommandError | undefined {
  if (error instanceof CommandError) return error
  if (!(error instanceof ApiError)) return undefined
  const { status, message, requestId, retryAfter, cause } = error
  if (status === 0) {
    const why = cause instanceof Error ? ` (${reasonOf(cause)})` : ''
    return new CommandError('unreachable', `The server cannot be reached${why}.`, error)
  }
  if (status === 401) return new CommandError('notSignedIn', 'The session has ended: sign in again.', error)
  if (status === 429) {
    const when = retryAfter === undefined ? 'later' : `in ${retryAfter} s`
    return new CommandError('failed', `Too many requests: try again ${when}.`, error)
  }
  const id = status >= 500 && requestId ? ` (request ${requestId})` : ''
  const isAway = ['engine_unreachable', 'engine_timeout'].includes(error.code ?? '')
  return new CommandError(isAway ? 'unreachable' : 'failed', `${message.replace(/\.$/, '')}${id}.`, error)
}

/** A host that has several addresses fails once for each. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError) return String((error.errors as unknown[]).map((it) => (it as Error).message)[0])
  return error.message
}
