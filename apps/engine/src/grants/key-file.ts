import { randomUUID } from 'node:crypto'
import { link, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { makeSigningKey, parseSigningKeys, type SigningKeys } from './signing-keys.ts'

/** Where the signing keys come from. */
export type KeySource = {
  read(): Promise<SigningKeys>
  /** Changes whenever `read` would bring something else. */
  version(): Promise<string>
}

/**
 * `GRANT_SIGNING_KEY_FILE`. With `makeMissing` (embedded) a file that is not there is made, readable by its owner
 * alone; of two processes that start at once both use what the first has written.
 */
export async function keysInFile(path: string, { makeMissing = false } = {}): Promise<KeySource> {
  if (makeMissing) await makeKeyFile(path)
  return {
    async read() {
      try {
        return await parseSigningKeys(await readFile(path, 'utf8'))
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause)
        throw new Error(`The signing key file ${path} cannot be used. ${why}`, { cause })
      }
    },
    async version() {
      const { mtimeMs, size, ino } = await stat(path)
      return `${mtimeMs} ${size} ${ino}`
    },
  }
}

/** Written whole before it has its name: no other process ever reads half a key, and an existing one is never replaced. */
async function makeKeyFile(path: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, await makeSigningKey(), { flag: 'wx', mode: 0o600 })
  try {
    await link(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await unlink(draft)
  }
}

/** A key for the life of the process: development only, no other engine can sign with it. */
export async function keysOfProcess(): Promise<KeySource> {
  const keys = await parseSigningKeys(await makeSigningKey())
  return { read: async () => keys, version: async () => '' }
}
