import { isIP } from 'node:net'
import { SchemaRefusal } from '@fairlead/contract/errors'

/** Of clouds, which hand out credentials to whoever can ask. */
const metadataHosts = new Set(['metadata.google.internal', 'metadata.goog', 'fd00:ec2::254', '100.100.100.200'])

/** The address in its normal form. Throws SchemaRefusal for what is none, or leads to a machine's own metadata. */
export function readServerAddress(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (url === undefined || !isHttp || url.username || url.password || url.hash)
    throw refused('Must be an address of http or https, without a user name or a fragment', text)
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (metadataHosts.has(host) || isLinkLocal(host)) throw refused('Must not be a link-local or metadata address', text)
  return url.href.replace(/\/+$/, '')
}

function isLinkLocal(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('169.254.')
  // An IPv4 address in the form of IPv6: `::ffff:a9fe:…`.
  return isIP(host) === 6 && /^(?:fe[89ab][0-9a-f]:|::ffff:a9fe:)/i.test(host)
}

function refused(msg: string, input: string): SchemaRefusal {
  return new SchemaRefusal([{ type: 'value_error', loc: ['body', 'url'], msg, input }])
}
