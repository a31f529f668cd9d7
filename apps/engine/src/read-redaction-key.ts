import { readFile } from 'node:fs/promises'
import { SettingsError } from '@fairlead/service-kit/parse-settings'
import type { EngineConfig } from './config.ts'

/** The installation's key of hidden values, as the tool server has it. Throws `SettingsError`; undefined where none is set. */
export async function readRedactionKey(
  config: Pick<EngineConfig, 'REDACTION_KEY' | 'REDACTION_KEY_FILE'>,
): Promise<Uint8Array | undefined> {
  if (config.REDACTION_KEY !== undefined) return Buffer.from(config.REDACTION_KEY, 'base64')
  const path = config.REDACTION_KEY_FILE
  if (path === undefined) return undefined
  const fault = (message: string) => new SettingsError([{ name: 'REDACTION_KEY_FILE', message }])
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw fault(`cannot be read (${cause.message})`)
  })
  const key = Buffer.from(text.trim(), 'base64')
  if (key.byteLength < 32) throw fault('must hold at least 32 bytes in base64')
  return key
}
