import { readFile } from 'node:fs/promises'
import { type PublicKey, parsePublicKeys } from '@fairlead/contract/audit/public-keys'
import { readHead } from '@fairlead/contract/audit/signed-head'
import { CommandError } from '../terminal/command-error.ts'
import { cannotRead } from './cannot-read.ts'

/** Three parts of base64url, the first of which is JSON: how a head looks between other lines of a log. */
const compactJws = /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g

/** Public keys of a file that somebody has kept. */
export async function readKeys(path: string): Promise<PublicKey[]> {
  const text = await readGiven('--key', path)
  try {
    return parsePublicKeys(text)
  } catch (error) {
    throw new CommandError(
      'wrongUse',
      `--key ${path} cannot be used. ${(error as Error).message}, as the engine serves them at /.well-known/jwks.json.`,
      error,
    )
  }
}

/** Heads that a sink holds: its file, one of them as text, or a log that they stand in. */
export async function readHeads(given: string): Promise<string[]> {
  const isText = new RegExp(`^${compactJws.source}$`).test(given)
  const found = (isText ? given : await readGiven('--head', given)).match(compactJws) ?? []
  // A log may hold tokens of other kinds.
  const heads = found.filter((jws) => readHead(jws) !== undefined)
  if (heads.length === 0)
    throw new CommandError(
      'wrongUse',
      `--head ${given} holds no signed head. Give the file that AUDIT_SINKS names, a log with heads in it, or a head itself (eyJ….eyJ….…).`,
    )
  return [...new Set(heads)]
}

async function readGiven(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw cannotRead(`${option} ${path}`, error)
  }
}
