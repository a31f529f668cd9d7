import { createReadStream, createWriteStream } from 'node:fs'
import { access, constants, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Fault } from '@fairlead/contract/audit/fault'
import { faultSentence } from '@fairlead/contract/audit/fault-sentence'
import { verifyRecord } from '@fairlead/contract/audit/verify-record'
import { CommandError } from '../terminal/command-error.ts'
import { type ExitCode, exitCodes } from '../terminal/exit-codes.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { cannotRead } from './cannot-read.ts'
import { exportFile } from './export-file.ts'
import { NotAnExport } from './not-an-export.ts'
import { readHeads, readKeys } from './read-outside.ts'
import { verifiedSentence } from './verified-sentence.ts'

export type VerifyFileOptions = { key?: string; head?: string; filtered?: boolean; json?: boolean }

/** Checks an export without asking anybody, and says what was checked, or what is wrong first. */
export async function verifyFile(file: string, options: VerifyFileOptions, terminal: Terminal): Promise<ExitCode> {
  const given = options.key === undefined ? undefined : await readKeys(options.key)
  const outside = options.head === undefined ? [] : await readHeads(options.head)
  const passing = file === '-' ? terminal.input : await passingIn(file)
  const folder = passing === undefined ? undefined : await mkdtemp(join(tmpdir(), 'fairlead-verify-'))
  try {
    const path = passing === undefined || folder === undefined ? file : await spool(passing, folder)
    const evidence = await exportFile(path, outside)
    const hasGaps = options.filtered === true
    const report = await verifyRecord(evidence, {
      trusted: given ?? evidence.keys,
      hasGaps,
      needsHead: given !== undefined && !hasGaps,
    })
    const { fault } = report
    if (fault === null && report.checked === 0 && !hasGaps) {
      throw new NotAnExport(
        'The file holds no rows, and a whole record has at least one. --filtered checks an export that was made with filters.',
      )
    }
    const detail =
      fault === null
        ? verifiedSentence(report, { keyFile: options.key, headsGiven: outside.length, hasGaps })
        : `${faultSentence(fault)}${whatElse(fault, { hasGaps, keyFile: options.key, headsGiven: outside.length })}`
    if (options.json)
      terminal.json({ ok: fault === null, detail, keys: given === undefined ? 'file' : 'given', ...report })
    else terminal.answer(`${fault === null ? 'Verified' : 'Not as it was written'}: ${neutraliseLine(detail)}\n`)
    return fault === null ? exitCodes.done : exitCodes.failed
  } catch (error) {
    if (!(error instanceof NotAnExport)) throw error
    if (options.json) terminal.json({ ok: false, detail: error.message })
    else terminal.answer(`Not as it was written: ${neutraliseLine(error.message)}\n`)
    return exitCodes.failed
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
}

type Given = { hasGaps: boolean; keyFile: string | undefined; headsGiven: number }

/** What may be behind a fault, where it need not be that somebody has changed the record. */
function whatElse(fault: Fault, { hasGaps, keyFile, headsGiven }: Given): string {
  if (fault.of === 'tail' && headsGiven > 0)
    return ' A head that was signed after the export was made says this, too: give heads from before it.'
  if (fault.of === 'row' && fault.problem === 'removed' && !hasGaps)
    return ' An export that was made with filters, or by somebody who may not see every row, has gaps: --filtered checks what such a file can show.'
  if (fault.of === 'head' && fault.reason === 'unknown_key' && keyFile !== undefined)
    return ` If the key of the engine was changed in that time, ${keyFile} has to hold the keys of before, too.`
  return ''
}

/** What comes through a pipe, of a name that leads to one; undefined for a file. */
async function passingIn(file: string): Promise<NodeJS.ReadableStream | undefined> {
  try {
    await access(file, constants.R_OK)
    const what = await stat(file)
    if (what.isDirectory()) throw new CommandError('wrongUse', `${file} is a folder. Give the file that was exported.`)
    return what.isFile() ? undefined : createReadStream(file)
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw cannotRead(file, error)
  }
}

/** The end is read first, so what comes through a pipe has to be somewhere. */
async function spool(input: NodeJS.ReadableStream, folder: string): Promise<string> {
  const path = join(folder, 'export.jsonl')
  await pipeline(input, createWriteStream(path, { mode: 0o600 }))
  return path
}
