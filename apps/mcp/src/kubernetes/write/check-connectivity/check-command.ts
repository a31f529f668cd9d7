import { InvalidInput } from '../../../input/invalid-input.ts'
import { plainWord } from '../../../input/plain-word.ts'
import { shownValue } from '../../../input/shown-value.ts'

/** Each check says how it ended; what is checked are words of its own, never a part of the script. */
const script = [
  'nslookup "$1" 2>&1; echo "dns: $?"',
  'nc -z -w 5 "$1" "$2" 2>&1; echo "tcp: $?"',
  'if [ -n "$3" ]; then wget -T 5 -O /dev/null "$3" 2>&1; echo "http: $?"; fi',
].join('\n')

/** Ports at which HTTP is spoken over TLS. */
const tlsPorts = [443, 6443, 8443]

export function checkCommand({ host, port, path }: { host: string; port: number; path: string | null }): string[] {
  const scheme = tlsPorts.includes(port) ? 'https' : 'http'
  return ['sh', '-c', script, 'check', host, String(port), path === null ? '' : `${scheme}://${host}:${port}${path}`]
}

/** How each check ended, by the lines that the script has printed. Who answers HTTP with a status of refusal does answer. */
export function readChecks(log: readonly string[]): Record<string, unknown> {
  const status = log
    .flatMap((line) => /\bHTTP\/[\d.]+ (\d{3})\b|\bERROR (\d{3})\b/.exec(line)?.slice(1) ?? [])
    .find(Boolean)
  const ends = log.flatMap((line) => {
    const [, check, code] = /^(dns|tcp|http): (\d+)$/.exec(line) ?? []
    if (check === undefined) return []
    const refused = check === 'http' && status !== undefined ? `answers with status ${status}` : 'failed'
    return [[check, code === '0' ? 'ok' : refused] as const]
  })
  return { checks: Object.fromEntries(ends) }
}

const hostForm = "A host is a name or an IPv4 address: letters, digits, '-' and '.'."

export function hostName(parameter: string, value: string): string {
  const word = plainWord(parameter, value, hostForm)
  if (
    word.length <= 253 &&
    /^[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?)*$/.test(word)
  )
    return word
  throw new InvalidInput(`${parameter} ${shownValue(word)} is not a host. ${hostForm}`)
}

const pathForm = 'A path begins with / and has letters, digits, and -._~/?=&%.'

export function urlPath(parameter: string, value: string): string {
  const word = plainWord(parameter, value, pathForm)
  if (word.length <= 500 && /^\/[-A-Za-z0-9._~/?=&%]*$/.test(word)) return word
  throw new InvalidInput(`${parameter} ${shownValue(word)} is not a path. ${pathForm}`)
}
