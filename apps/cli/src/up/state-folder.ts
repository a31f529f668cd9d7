import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  randomBytes,
} from 'node:crypto'
import { chmod, link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

/** What an embedded installation keeps between starts: its secrets, made once, and the folders of its parts. */
export type StateFolder = {
  path: string
  jwtSecret: string
  /** 32 bytes, base64. */
  redactionKey: string
  mcpAuthToken: string
  /** What the link to the first account holds. */
  setupSecret: string
  /** Ed25519 private key as JWK. */
  grantKeyFile: string
  /** The public half as JWK Set, for the tool server. */
  grantPublicKeysFile: string
}

/** Opens the folder, or makes it. Nobody but its owner reads it; a secret that is there stays as it is. */
export async function openStateFolder(folder: string): Promise<StateFolder> {
  const path = resolve(folder)
  await makeFolder(path)
  await chmod(path, 0o700)
  const grantKeyFile = join(path, 'grant-key.jwk.json')
  const grantPublicKeysFile = join(path, 'grant-keys.public.json')
  const grantKey = await keep(grantKeyFile, newGrantKey)
  await writeFile(grantPublicKeysFile, publicKeys(grantKey), { mode: 0o600 })
  return {
    path,
    jwtSecret: await keep(join(path, 'jwt-secret'), () => randomBytes(48).toString('base64url')),
    redactionKey: await keep(join(path, 'redaction-key'), () => randomBytes(32).toString('base64')),
    setupSecret: await keep(join(path, 'setup-secret'), () => randomBytes(32).toString('base64url')),
    mcpAuthToken: await keep(join(path, 'mcp-auth-token'), () => randomBytes(32).toString('base64url')),
    grantKeyFile,
    grantPublicKeysFile,
  }
}

/**
 * With all folders above it. Node's own way calls a read-only file system one that is not there, and never ends where no
 * folder can be made at all, as under `/proc`.
 */
async function makeFolder(path: string, hasParent = false): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (hasCode(error, 'EEXIST') && (await stat(path)).isDirectory()) return
    if (!hasCode(error, 'ENOENT') || hasParent) throw error
    await makeFolder(dirname(path))
    await makeFolder(path, true)
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Two first starts at once agree: a link is made whole or not at all, and who comes second reads the first one's. */
async function keep(path: string, make: () => string): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, make(), { mode: 0o600, flush: true })
  try {
    await link(draft, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    await unlink(draft)
  }
  const kept = await readFile(path, 'utf8')
  if (kept === '') throw new Error(`${path} is empty: remove it, and a new one is made at the next start`)
  return kept
}

function newGrantKey(): string {
  const { d, ...open } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return JSON.stringify({ ...named(open), d })
}

function publicKeys(grantKey: string): string {
  const { kid, ...key }: JsonWebKey & { kid: string } = JSON.parse(grantKey)
  const open = createPublicKey(createPrivateKey({ key, format: 'jwk' })).export({ format: 'jwk' })
  return JSON.stringify({ keys: [{ ...named(open), kid }] })
}

/** Named by its thumbprint (RFC 7638), so that a new key never has the name of an old one. */
function named({ crv, kty, x }: JsonWebKey) {
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url')
  return { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }
}
