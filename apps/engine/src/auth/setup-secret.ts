import { createHash, timingSafeEqual } from 'node:crypto'

/** Whoever makes the first account of an installation shows that they are the one who has started it. */
export type SetupSecret = { isRight(presented: string | null | undefined): boolean }

/** `off` takes anybody; without a secret nobody can be told from a stranger, so it is nobody. */
export function createSetupSecret(secret: string | undefined): SetupSecret {
  if (secret === 'off') return { isRight: () => true }
  if (secret === undefined) return { isRight: () => false }
  const expected = digestOf(secret)
  return { isRight: (presented) => timingSafeEqual(digestOf(presented ?? ''), expected) }
}

/** What whoever starts an engine without users should know; undefined when the set-up link does it. */
export function setupWarning(secret: string | undefined): string | undefined {
  if (secret === undefined)
    return 'There is no user, and SETUP_SECRET is not set: set it to at least 32 random characters, start again, and open <PUBLIC_URL>/welcome#secret=<SETUP_SECRET> to make the administrator'
  if (secret === 'off')
    return 'There is no user, and SETUP_SECRET=off: whoever comes first, from wherever, becomes the administrator'
  return undefined
}

/** Of equal length whatever was presented, so that the comparison takes the same time. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
