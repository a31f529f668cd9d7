import { isIP } from 'node:net'
import { InvalidInput } from './invalid-input.ts'
import { namespaceName, objectName } from './names.ts'
import { hasControlCharacter, plainWord, trimmed } from './plain-word.ts'
import { shownValue } from './shown-value.ts'

/** A job by its folders and its name, each part as Jenkins shows it. */
export type JobName = { full: string; parts: readonly string[] }

const jobForm = 'A job is its name, with its folders before it: Folder/Sub/Job.'
const MAX_JOB_CHARS = 1_000

/** Spaces are fine within names; what could lead elsewhere in the server is not. */
export function jobName(parameter: string, value: string): JobName {
  const full = trimmed(value)
  if (full === '') throw new InvalidInput(`${parameter} must not be empty. ${jobForm}`)
  if (full.startsWith('-')) throw new InvalidInput(`${parameter} must not begin with '-'.`)
  if (full.length > MAX_JOB_CHARS)
    throw new InvalidInput(`${parameter} has ${full.length} characters. At most ${MAX_JOB_CHARS} are allowed.`)
  if (hasControlCharacter(full))
    throw new InvalidInput(`${parameter} ${shownValue(full)} contains a control character. ${jobForm}`)
  const parts = full.split('/')
  if (!parts.every(isPart)) throw new InvalidInput(`${parameter} ${shownValue(full)} is not a job. ${jobForm}`)
  return { full, parts }
}

/** A branch `feature/x` has the name `feature%2Fx` in Jenkins. What stands behind a `%` may not lead elsewhere either. */
function isPart(part: string): boolean {
  if (/[?#]|%(?![\dA-F]{2})/i.test(part)) return false
  let decoded: string
  try {
    decoded = decodeURIComponent(part)
  } catch {
    return false
  }
  const leadsNowhere = decoded.split('/').every((step) => step.trim() !== '' && step !== '.' && step !== '..')
  return leadsNowhere && !/[\\%]/.test(decoded) && !hasControlCharacter(decoded)
}

const lastBuilds = [
  'lastBuild',
  'lastCompletedBuild',
  'lastFailedBuild',
  'lastStableBuild',
  'lastSuccessfulBuild',
  'lastUnstableBuild',
  'lastUnsuccessfulBuild',
] as const

/** A number, or one of Jenkins' own names for a build. */
export function buildName(parameter: string, value: string): string {
  const word = trimmed(value)
  const known = lastBuilds.find((name) => name.toLowerCase() === word.toLowerCase())
  if (known !== undefined) return known
  if (/^[1-9]\d{0,9}$/.test(word)) return word
  throw new InvalidInput(`${parameter} must be a number or one of ${lastBuilds.join(', ')}.`)
}

const MAX_TREE_CHARS = 500
const treeForm = 'A tree is a list of fields such as name,builds[number,result]{0,5}.'

/** Which fields Jenkins shall answer with. */
export function treeExpression(parameter: string, value: string): string {
  const word = plainWord(parameter, value, treeForm)
  if (word.length > MAX_TREE_CHARS)
    throw new InvalidInput(`${parameter} has ${word.length} characters. At most ${MAX_TREE_CHARS} are allowed.`)
  if (!/^[A-Za-z0-9_,[\]{}\-*:]+$/.test(word) || !isBalanced(word))
    throw new InvalidInput(`${parameter} ${shownValue(word)} is not a tree. ${treeForm}`)
  return word
}

function isBalanced(text: string): boolean {
  const open: string[] = []
  const pairs: Readonly<Record<string, string>> = { ']': '[', '}': '{' }
  for (const character of text) {
    if (character === '[' || character === '{') open.push(character)
    else if (character in pairs && open.pop() !== pairs[character]) return false
  }
  return open.length === 0
}

/** Where a Jenkins is: its origin with a path before everything, without a slash at its end. */
export function jenkinsUrl(parameter: string, value: string): string {
  const word = plainWord(parameter, value, 'It is https://HOST[/PATH].')
  const url = URL.canParse(word) ? new URL(word) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new InvalidInput(`${parameter} ${shownValue(word)} is not a URL of http or https.`)
  if (url.username !== '' || url.password !== '')
    throw new InvalidInput(`${parameter} must not have a user name or a password in it.`)
  if (url.search !== '' || url.hash !== '')
    throw new InvalidInput(`${parameter} must not have a query or a fragment in it.`)
  if (isMetadataAddress(url.hostname))
    throw new InvalidInput(`${parameter} is a link-local or metadata address, which no Jenkins has.`)
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/** Addresses at which machines are told about themselves. */
export function isMetadataAddress(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '').toLowerCase()
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1]
  if (mapped !== undefined) return isMetadataAddress(mapped)
  if (isIP(address) === 4) return address.startsWith('169.254.') || address === '100.100.100.200'
  if (isIP(address) === 6)
    return /^fe[89ab]/.test(address) || address === 'fd00:ec2::254' || /^::ffff:a9fe:/.test(address)
  return address === 'metadata.google.internal' || address === 'metadata'
}

/** The Secret that holds a login, by its namespace and name. */
export type SecretRef = { namespace: string; name: string }

export function secretRef(parameter: string, value: string): SecretRef {
  const word = plainWord(parameter, value, 'It is NAMESPACE/NAME of a Secret.')
  const [namespace, name, ...rest] = word.split('/')
  if (namespace === undefined || name === undefined || rest.length > 0)
    throw new InvalidInput(`${parameter} ${shownValue(word)} is not NAMESPACE/NAME of a Secret.`)
  return { namespace: namespaceName(parameter, namespace), name: objectName(parameter, name) }
}
