import { isIP } from 'node:net'
import { InvalidInput } from './invalid-input.ts'
import { plainWord } from './plain-word.ts'
import { shownValue } from './shown-value.ts'

const allowed = 'A chart is REPO/CHART, oci://HOST/PATH[:TAG] or https://HOST/PATH.tgz.'
const part = '[A-Za-z0-9](?:[-A-Za-z0-9._]*[A-Za-z0-9])?'
const inRepository = new RegExp(`^${part}/${part}$`)
const ociPath = new RegExp(`^(?:/${part})+(?::[A-Za-z0-9_][-A-Za-z0-9_.]*)?(?:@sha256:[0-9a-f]{64})?$`)
const MAX_CHARS = 512

/** By its form alone; whether it may be fetched is the operator's rule. */
export function chartReference(parameter: string, value: string): string {
  const word = plainWord(parameter, value, allowed)
  if (word.length > MAX_CHARS)
    throw new InvalidInput(`${parameter} has ${word.length} characters. At most ${MAX_CHARS} are allowed.`)
  if (/^[a-z]+:\/\//i.test(word)) requireUrl(parameter, word, ['oci:', 'https:', 'http:'])
  else if (!inRepository.test(word) && !isLocalPath(word))
    throw new InvalidInput(`${parameter} ${shownValue(word)} is not a chart. ${allowed}`)
  return word
}

/** The URL of a chart repository. */
export function repositoryUrl(parameter: string, value: string): string {
  const word = plainWord(parameter, value, 'It is https://HOST/PATH.')
  requireUrl(parameter, word, ['https:', 'http:'])
  return word
}

/** A folder or an archive of this machine. */
export function isLocalPath(chart: string): boolean {
  return /^(?:\/|\.\.?\/)[^\0]*$/.test(chart) && !chart.split('/').includes('..')
}

/** Whether it names one archive or folder, among whose versions there is nothing to choose. */
export function isOneChart(chart: string): boolean {
  return isLocalPath(chart) || /^https?:/i.test(chart)
}

function requireUrl(parameter: string, word: string, protocols: readonly string[]): void {
  const url = URL.canParse(word) ? new URL(word) : undefined
  if (url === undefined || !protocols.includes(url.protocol) || url.host === '')
    throw new InvalidInput(`${parameter} ${shownValue(word)} is not a URL of ${protocols.join(', ')}.`)
  // What a server makes of it need not be what the operator's rules were asked about.
  const path = word.replace(/[?#].*$/, '')
  if (/(?:[\\/]|%2f|%5c)(?:\.|%2e){1,2}(?:[\\/]|%2f|%5c|$)/i.test(path) || path.includes('\\'))
    throw new InvalidInput(`${parameter} ${shownValue(word)} must be written without . and .. as parts of its path.`)
  if (url.username !== '' || url.password !== '')
    throw new InvalidInput(`${parameter} must not have a user name or a password in it.`)
  if (url.hash !== '' || (url.protocol === 'oci:' && (url.search !== '' || !ociPath.test(url.pathname))))
    throw new InvalidInput(`${parameter} ${shownValue(word)} is not a chart. ${allowed}`)
}

/** Numbers with parts, or a range of them; no spaces. */
export function chartVersion(parameter: string, value: string): string {
  const word = plainWord(parameter, value, 'It is a SemVer version, or a range without spaces.')
  if (word.length > 100) throw new InvalidInput(`${parameter} has ${word.length} characters. At most 100 are allowed.`)
  if (
    !/^(?:[~^=!<>]*v?(?:\d+|[xX*])(?:\.(?:\d+|[xX*])){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?(?:[,|]+|$))+$/.test(
      word,
    )
  )
    throw new InvalidInput(`${parameter} ${shownValue(word)} is not a SemVer version or range without spaces.`)
  return word
}

const release = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

export function releaseName(parameter: string, value: string): string {
  const word = plainWord(parameter, value, "A name has lower-case letters, digits, '-' and '.'.")
  if (word.length > 53)
    throw new InvalidInput(`${parameter} ${shownValue(word)} has ${word.length} characters. At most 53 are allowed.`)
  if (!release.test(word))
    throw new InvalidInput(
      `${parameter} ${shownValue(word)} is not a name. A name has lower-case letters, digits, '-' and '.'.`,
    )
  return word
}

/** Addresses that no chart comes from unless they are listed: loopback, link-local, private, metadata services. */
export function isInternalAddress(address: string): boolean {
  const plain = address.replace(/^\[|\]$/g, '').toLowerCase()
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1]
  if (mapped !== undefined) return isInternalAddress(mapped)
  if (isIP(plain) === 4)
    return /^(?:0|10|127)\.|^169\.254\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^(?:22[4-9]|2[3-5]\d)\./.test(
      plain,
    )
  if (isIP(plain) === 6)
    return plain === '::' || plain === '::1' || /^f[cde]/.test(plain) || plain.startsWith('::ffff:')
  return false
}
