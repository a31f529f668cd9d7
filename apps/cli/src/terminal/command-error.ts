import { type ExitCode, exitCodes } from './exit-codes.ts'

/** Ends a command: one sentence for the person, one code for scripts. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: ExitCode

  constructor(exitCode: keyof typeof exitCodes, message: string, cause?: unknown) {
    super(message, { cause })
    this.exitCode = exitCodes[exitCode]
  }
}
