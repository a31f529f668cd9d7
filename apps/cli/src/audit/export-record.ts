import { open, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { exportAudit } from '@fairlead/contract/endpoints/audit'
import type { QueryOf } from '@fairlead/contract/endpoints/define-endpoint'
import type { Session } from '../session/open-session.ts'
import { CommandError } from '../terminal/command-error.ts'
import { type ExitCode, exitCodes } from '../terminal/exit-codes.ts'

type ExportQuery = QueryOf<typeof exportAudit>

/** Writes an export as it comes. A file has its name once it is whole; it is for its owner's eyes, as the record is. */
export async function exportRecord(
  { api }: Session,
  { query, output }: { query: ExportQuery; output: string | undefined },
): Promise<ExitCode> {
  const response = await api.open('GET /audit/export', { query })
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
  if (output === undefined) {
    await pipeline(body, process.stdout, { end: false }).catch(brokenOff)
    return exitCodes.done
  }
  const draft = `${output}.${process.pid}.part`
  const file = await open(draft, 'wx', 0o600).catch((error: Error) => {
    void body.destroy()
    throw new CommandError('wrongUse', `${output} cannot be written (${error.message}).`, error)
  })
  try {
    await pipeline(body, file.createWriteStream())
    await rename(draft, output)
  } catch (error) {
    await rm(draft, { force: true })
    brokenOff(error)
  }
  return exitCodes.done
}

function brokenOff(cause: unknown): never {
  const why = cause instanceof Error ? ` (${cause.message})` : ''
  throw new CommandError(
    'failed',
    `The export broke off${why}, so what has come of it is not whole. Make it again.`,
    cause,
  )
}
