import { randomBytes } from 'node:crypto'
import { Refusal } from '@fairlead/contract/errors'
import type { JenkinsLogin } from './jenkins-login.ts'

/** The account on whose request something is written. */
export type Administrator = {
  id: string
  email: string
  groups: readonly string[]
  view_only: boolean
  is_verified: boolean
  is_active: boolean
  address: string
}

type Arguments = Readonly<Record<string, unknown>>

/** A write of the engine's own, by the way of every write. */
export type OwnWrite = (request: {
  tool: string
  args: Arguments
  /** Sent in place of those of the same name, and recorded nowhere. */
  hidden?: Arguments
  by: Administrator
  request: string
}) => Promise<{ outcome: 'succeeded' } | { outcome: 'failed' | 'unknown'; error: string }>

export type CredentialPorts = { ownWrite: OwnWrite; credentialsNamespace: string | undefined }

const HIDDEN = '***'

/**
 * Stores a login in a new Secret. Resolves to its `<namespace>/<name>`. Throws Refusal `credentialsNotStored`; a write
 * that may have taken effect all the same is taken back.
 */
export async function storeCredentials(
  ports: CredentialPorts,
  { provider, login, by }: { provider: string; login: JenkinsLogin; by: Administrator },
): Promise<string> {
  const { ownWrite, credentialsNamespace: namespace } = ports
  if (namespace === undefined) {
    const why = 'INTEGRATIONS_SECRET_NAMESPACE is not set, so there is no place for credentials.'
    throw new Refusal('credentialsNotStored', { fields: { reason: why } })
  }
  const name = `${provider}-cred-${randomBytes(10).toString('hex')}`
  const contentOf = (stringData: Record<string, string>) => secretDocument({ name, namespace, stringData })
  const { username, apiToken, url } = login
  const end = await ownWrite({
    tool: 'k8s_apply',
    args: { content: contentOf({ username: HIDDEN, 'api-token': HIDDEN, url }), namespace },
    hidden: { content: contentOf({ username, 'api-token': apiToken, url }) },
    by,
    request: `Store the login of the integration ${provider}`,
  })
  if (end.outcome === 'succeeded') return `${namespace}/${name}`
  if (end.outcome === 'unknown') await removeCredentials(ports, { ref: `${namespace}/${name}`, provider, by })
  throw new Refusal('credentialsNotStored', { fields: { reason: end.error } })
}

/** Removes the Secret of a login. Resolves to what went wrong, if anything did. */
export async function removeCredentials(
  { ownWrite }: Pick<CredentialPorts, 'ownWrite'>,
  { ref, provider, by }: { ref: string; provider: string; by: Administrator },
): Promise<string | undefined> {
  const [namespace = '', name = ''] = ref.split('/')
  const end = await ownWrite({
    tool: 'k8s_delete',
    args: { name, resource_type: 'secret', namespace },
    by,
    request: `Remove the login of the integration ${provider}`,
  })
  return end.outcome === 'succeeded' ? undefined : end.error
}

/** JSON is YAML, and in it every value of a string is one. */
function secretDocument(of: { name: string; namespace: string; stringData: Record<string, string> }): string {
  const { name, namespace, stringData } = of
  return JSON.stringify(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'Opaque', stringData },
    null,
    2,
  )
}
