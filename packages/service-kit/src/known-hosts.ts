import type { IncomingMessage } from 'node:http'

/** `malformed`: it names its server more than once, which HTTP answers with 400. */
export type HostVerdict = 'known' | 'unknown' | 'malformed'

export type KnownHosts = {
  /**
   * Judges every name that a request gives for its server: `Host`, `:authority`, that of an absolute target, and what
   * a proxy says it was asked for, where one is trusted.
   */
  judge(request: Pick<IncomingMessage, 'rawHeaders' | 'url'>, forwarded?: readonly string[]): HostVerdict
}

/** A name or an address, in brackets where it is IPv6, with or without a port; nothing else that an URL may hold. */
const form = /^(?<name>\[[\da-f:.]+\]|[a-z\d](?:[a-z\d._-]*[a-z\d])?)(?::(?<port>\d{1,5}))?$/i
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
/** Where a browser leaves the port out. */
const usualPorts = ['80', '443']

type Host = { name: string; port: string | undefined }

/**
 * A page of a stranger's name can be made to resolve to this very machine, and a browser then takes it for a page of
 * ours. What the browser cannot be made to do is send another name than the one that stands in its address bar. So a
 * server answers to the names that it is known by: those of this machine, which nobody else can have, and listed ones.
 */
export function knownHosts(listed: readonly string[]): KnownHosts {
  const own = listed.flatMap((text) => parseHost(text) ?? [])
  const isKnown = (text: string): boolean => {
    const host = parseHost(text)
    return host !== undefined && (loopback.test(host.name) || own.some((each) => isSame(each, host)))
  }
  /** Nearly every request gives the same one, and to compare it takes less than to look into it. */
  let lastKnown: string | undefined
  const isKnownAgain = (text: string): boolean => {
    if (text === lastKnown) return true
    if (!isKnown(text)) return false
    lastKnown = text
    return true
  }
  return {
    judge: (request, forwarded = []) => {
      const [hosts, authorities] = [named(request, 'host'), named(request, ':authority')]
      if (hosts.length > 1 || authorities.length > 1) return 'malformed'
      const names = [...hosts, ...authorities]
      if (names.length === 0) return 'unknown'
      return [...names, ...targetOf(request.url), ...forwarded].every(isKnownAgain) ? 'known' : 'unknown'
    },
  }
}

/** Whether a host, with or without a port, is this very machine. */
export function isLoopbackHost(text: string): boolean {
  const host = parseHost(text)
  return host !== undefined && loopback.test(host.name)
}

/** For settings that list names. */
export function isHost(text: string): boolean {
  return parseHost(text) !== undefined
}

/** For whoever meant to reach the server: what it answers to, and which settings say so. */
export function unknownHostSentence(host: string | undefined, settings: string): string {
  const isNamed = host !== undefined && isHost(host)
  const who = isNamed ? `"${host}" is not a name` : 'This request does not give a name'
  const known = `It answers to localhost, 127.0.0.1 and [::1], and to the names in ${settings}.`
  return `${who} that this server is known by. ${known}${isNamed ? ' If this name is yours, add it there and start again.' : ''}`
}

/** Undefined for what is no plain name: it is not put right, since others may read it in another way. */
function parseHost(text: string): Host | undefined {
  const { name, port } = form.exec(text)?.groups ?? {}
  if (name === undefined || (port !== undefined && Number(port) > 65_535)) return undefined
  const written = name.toLowerCase()
  const read = URL.parse(`http://${written}`)?.hostname
  // A number is an address to some, and a name to others. Of IPv6 there are many forms of one address.
  return read === undefined || (read !== written && !written.startsWith('[')) ? undefined : { name: read, port }
}

function isSame(listed: Host, { name, port }: Host): boolean {
  if (listed.name !== name) return false
  if (listed.port === undefined || listed.port === port) return true
  return port === undefined && usualPorts.includes(listed.port)
}

function named({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>, wanted: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === wanted)
}

/** A proxy is asked for a whole address, and its name counts more than the header then. */
function targetOf(url = '/'): string[] {
  const authority = /^[a-z][a-z\d+.-]*:\/\/(?<authority>[^/?#]*)/i.exec(url)?.groups?.authority
  return authority === undefined ? [] : [authority]
}
