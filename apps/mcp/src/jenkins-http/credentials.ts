import { lookup } from 'node:dns/promises'
import { isMetadataAddress, type SecretRef } from '../input/jenkins.ts'
import { serverItself } from '../kube/caller.ts'
import type { Cluster } from '../kube/cluster.ts'
import { baseUserAgent } from '../kube/kube.ts'
import { ToolError } from '../tool/tool-error.ts'
import type { JenkinsLogin } from './jenkins-connection.ts'

export type CredentialRules = {
  /** Of integrations; undefined where there is none. */
  credentialsNamespace: string | undefined
  /** Every namespace that a reference may name; empty: the credentials' own alone. */
  secretNamespaces: readonly string[]
  /** Where credentials may go that say nothing of it themselves. */
  allowedOrigins: readonly string[]
  /** Those may go anywhere. */
  allowUnbound: boolean
  allowInsecureTls: boolean
}

export type JenkinsAddress = { url: string; ref: SecretRef; verifiesTls: boolean }

const READ_MS = 5_000
const KEPT_MS = 60_000

type Kept = { until: number; secret: Promise<Readonly<Record<string, string>>> }

/**
 * Reads logins of integrations, always with the server's own account: it is our login to Jenkins, no act of the user in the
 * cluster. A login is bound to an address; nothing is sent to another one, whatever a call says.
 */
export function createCredentialReader(
  cluster: Pick<Cluster, 'send'>,
  rules: CredentialRules,
): (address: JenkinsAddress) => Promise<JenkinsLogin> {
  const kept = new Map<string, Kept>()
  const read = (ref: SecretRef): Promise<Readonly<Record<string, string>>> => {
    const key = `${ref.namespace}/${ref.name}`
    const known = kept.get(key)
    if (known !== undefined && known.until > Date.now()) return known.secret
    const secret = readSecret(cluster, ref)
    kept.set(key, { until: Date.now() + KEPT_MS, secret })
    // What failed is not kept.
    secret.catch(() => kept.delete(key))
    return secret
  }
  return async ({ url, ref, verifiesTls }) => {
    requireNamespace(ref, rules)
    if (!verifiesTls && !rules.allowInsecureTls)
      throw new ToolError('Refused', 'verify=false is not allowed by this server (JENKINS_ALLOW_INSECURE_TLS).')
    const secret = await read(ref)
    requireBound(url, secret.url, rules)
    await requireNoMetadata(new URL(url).hostname)
    return {
      url,
      username: keyOf(secret, 'username'),
      token: keyOf(secret, 'api-token'),
      isInsecure: !verifiesTls,
    }
  }
}

function requireNamespace({ namespace }: SecretRef, { credentialsNamespace, secretNamespaces }: CredentialRules): void {
  const allowed = secretNamespaces.length > 0 ? secretNamespaces : [credentialsNamespace ?? []].flat()
  if (allowed.length === 0) throw new ToolError('Refused', 'no credentials namespace is configured.')
  if (!allowed.includes(namespace)) throw new ToolError('Refused', 'credentials are not read in that namespace.')
}

/** The sentences of this file name no Secret: they reach people and models that are not told of it. */
function requireBound(url: string, bound: string | undefined, rules: CredentialRules): void {
  const places = bound === undefined ? rules.allowedOrigins : [bound]
  if (places.some((place) => isBelow(url, place))) return
  if (places.length > 0) throw new ToolError('Refused', `the credentials may only be used with ${places.join(', ')}.`)
  if (!rules.allowUnbound)
    throw new ToolError(
      'Refused',
      'the credentials name no url, and JENKINS_ALLOWED_ORIGINS is empty: they may be used nowhere.',
    )
}

/** The same server, and the same path or one below it. */
function isBelow(url: string, place: string): boolean {
  if (!URL.canParse(place)) return false
  const [at, root] = [new URL(url), new URL(place)]
  const prefix = root.pathname.replace(/\/+$/, '')
  return at.origin === root.origin && (at.pathname === prefix || `${at.pathname}/`.startsWith(`${prefix}/`))
}

/** A name may lead there, too. */
async function requireNoMetadata(hostname: string): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, '')
  const found = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw new ToolError('Unavailable', `the host of Jenkins is not found.`, { cause })
  })
  if (found.some(({ address }) => isMetadataAddress(address)))
    throw new ToolError('Refused', 'the host of Jenkins is a link-local or metadata address.')
}

function keyOf(secret: Readonly<Record<string, string>>, key: string): string {
  const value = secret[key]
  if (value !== undefined && value !== '') return value
  throw new ToolError('InvalidArgument', `the Secret of the credentials has no key "${key}".`)
}

async function readSecret(
  cluster: Pick<Cluster, 'send'>,
  { namespace, name }: SecretRef,
): Promise<Readonly<Record<string, string>>> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`
  let status: number
  let text: string
  try {
    const signal = AbortSignal.timeout(READ_MS)
    const response = await cluster.send({ method: 'GET', path, caller: serverItself, userAgent: baseUserAgent, signal })
    status = response.statusCode
    text = await response.body.text()
  } catch (cause) {
    throw new ToolError('Unavailable', 'the credentials cannot be read: the API server does not answer.', { cause })
  }
  if (status === 404) throw new ToolError('NotFound', 'the credentials are not there.')
  if (status !== 200)
    throw new ToolError('Forbidden', `the credentials may not be read by this server (status ${status}).`)
  const { data = {} } = JSON.parse(text) as { data?: Record<string, string> }
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  )
}
