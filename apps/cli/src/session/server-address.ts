import { CommandError } from '../terminal/command-error.ts'

const EXAMPLE = 'http://127.0.0.1:3000/api/v1'

/** Where the API is, without a trailing slash: as it was given, or below the address of a page. */
export function serverAddress(given: string): string {
  const url = URL.parse(given)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new CommandError('wrongUse', `--server has to be an address such as ${EXAMPLE}.`)
  }
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new CommandError('wrongUse', '--server is an address alone: no user, no query, no fragment.')
  }
  if (url.pathname === '/') url.pathname = '/api/v1'
  return url.href.replace(/\/+$/, '')
}

/** What is sent there can be read on the way. */
export function isReadableOnTheWay(server: string): boolean {
  const { protocol, hostname } = new URL(server)
  return protocol === 'http:' && !/^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
}
