import { isIPv6 } from 'node:net'
import type { RateLimit } from '../http/rate-limit.ts'

export type LoginLimits = {
  /** Ten failures in five minutes: of a stranger's address for one account, or of one known device. */
  tries: RateLimit
  /** Thirty in five minutes, of an address over all accounts. */
  addresses: RateLimit
}

export type LoginTry = { name: string; address: string; device: string | undefined }

/**
 * Slows whoever guesses, and never the account: a stranger's failures count against the stranger's own address. A device
 * from which the person has signed in before counts for itself alone, so that nobody beside it, behind the same address
 * even, keeps the person out.
 */
export function loginLimit({ tries, addresses }: LoginLimits, { name, address, device }: LoginTry) {
  const source = sourceOf(address)
  const counted: [RateLimit, key: string][] =
    device === undefined
      ? [
          [tries, `${source} for ${name}`],
          [addresses, source],
        ]
      : [[tries, `device ${device}`]]
  return {
    /** Before the password is looked at, so that many at once are no way around the limit. Throws TooManyRequests. */
    count: async () => {
      for (const [limit, key] of counted) await limit.count(key)
    },
    /** It was no failure. */
    uncount: async () => {
      for (const [limit, key] of counted) await limit.uncount(key)
    },
  }
}

/** Of IPv6, whoever has one address has all of its /64. */
function sourceOf(address: string): string {
  if (!isIPv6(address)) return `address ${address}`
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = tail === undefined ? [] : Array<string>(8 - (before?.length ?? 0) - (after?.length ?? 0)).fill('0')
  const groups = [...(before ?? []), ...zeros, ...(after ?? [])].map((group) => Number.parseInt(group, 16).toString(16))
  return `network ${groups.slice(0, 4).join(':')}`
}
