import { type DestinationStream, destination as fileDestination, type Logger as PinoLogger, pino } from 'pino'
import { maskText } from './redaction/mask.ts'

export type Logger = PinoLogger
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
export type LoggerOptions = {
  /** Name of the service; stands in every line. */
  name: string
  level: LogLevel
  /** Default: stderr, so that a tool server on stdio never writes between its messages. */
  destination?: DestinationStream
}

/** JSON lines without secrets. Bind ids with `log.child({ runId })` at the edge, not line by line. */
export function createLogger({ name, level, destination = fileDestination(2) }: LoggerOptions): Logger {
  // The whole finished line is masked: a secret deep inside an error or a header list is caught as well.
  return pino({ name, level, hooks: { streamWrite: (line) => maskText(line, 'read') } }, destination)
}

/** A logger that tells of errors in other words: `describe` answers the error to be written in an error's place. */
export function describingErrors(log: Logger, describe: (error: unknown) => unknown): Logger {
  const err = (error: unknown) => {
    const described = describe(error)
    return described instanceof Error ? pino.stdSerializers.err(described) : described
  }
  return log.child({}, { serializers: { err } })
}
