import { hash, verify } from '@node-rs/argon2'
import { verify as verifyBcrypt } from '@node-rs/bcrypt'

/** Argon2id with the library's parameters (19 MiB, 2 passes), off the event loop. */
export function hashPassword(password: string): Promise<string> {
  return hash(password)
}

let nobodysHash: Promise<string> | undefined

/** `old`: right, and to be hashed anew. Without a hash it takes the time of one and is wrong. */
export async function checkPassword(
  password: string,
  hashed: string | null | undefined,
): Promise<'right' | 'old' | 'wrong'> {
  if (!hashed) {
    nobodysHash ??= hash('a password that nobody has')
    await verify(await nobodysHash, password)
    return 'wrong'
  }
  if (hashed.startsWith('$2')) return (await verifyBcrypt(password, hashed)) ? 'old' : 'wrong'
  return (await verify(hashed, password)) ? 'right' : 'wrong'
}

/** Why a password cannot be set, or undefined. */
export function passwordFault(password: string): string | undefined {
  const length = [...password].length
  if (length < 8) return 'Password should be at least 8 characters'
  if (length > 128) return 'Password should be at most 128 characters'
  return undefined
}
