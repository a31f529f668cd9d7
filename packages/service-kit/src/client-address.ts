import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'

type Peer = { remoteAddress: string | undefined; headers: IncomingHttpHeaders }

export type TrustedProxies = {
  isTrusted(address: string | undefined): boolean
  /** The client's address: of the peer, or, behind trusted proxies, the nearest hop that is none of them. */
  clientAddress(peer: Peer): string
}

/** Networks as addresses and CIDR blocks. What others write into `X-Forwarded-For` is not believed. */
export function trustedProxies(networks: readonly string[]): TrustedProxies {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  const isTrusted = (address: string | undefined) => {
    const plain = plainAddress(address ?? '')
    return plain !== undefined && list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
  }
  return {
    isTrusted,
    clientAddress: ({ remoteAddress, headers }) => {
      let nearest = plainAddress(remoteAddress ?? '') ?? 'unknown'
      if (!isTrusted(nearest)) return nearest
      const hops = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').toReversed()
      for (const hop of hops) {
        const address = plainAddress(hop.trim())
        if (address === undefined) return nearest
        nearest = address
        if (!isTrusted(address)) return nearest
      }
      return nearest
    },
  }
}

/** An address, or a CIDR block. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
}

/** Without port, brackets and the mapping of IPv4 into IPv6. */
function plainAddress(text: string): string | undefined {
  const bare = text.replace(/^\[([^\]]+)\](?::\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
  const address = bare.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
  return isIP(address) === 0 ? undefined : address
}
