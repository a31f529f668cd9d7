import type { KubeObject } from '../effect/kube-object.ts'
import type { RiskSignal } from '../effect/risk.ts'
import type { ToolSettings } from '../tool/tool-context.ts'
import { ToolError } from '../tool/tool-error.ts'
import type { Target } from './discovery/api-resource.ts'

const credentialName = /^([a-z0-9-]+)-cred-[0-9a-f]{20}$/
const credentialKeys = new Set(['username', 'api-token', 'url'])

/** Whether a write would touch the namespace of the integrations' credentials, or that namespace itself. */
export function touchesCredentials({ resource, namespace, name }: Target, settings: ToolSettings): boolean {
  const { credentialsNamespace } = settings
  if (credentialsNamespace === undefined) return false
  if (resource.namespaced) return namespace === credentialsNamespace
  return resource.group === '' && resource.kind === 'Namespace' && name === credentialsNamespace
}

export function credentialsRefused(): ToolError {
  return new ToolError('Refused', 'credentials namespace. Only Secrets of integrations are written there, one a call.')
}

/** What a call would write: `manifest` is what it comes to; absent for a deletion, and where it is not known yet. */
type Written = { target: Target; manifest?: KubeObject }

/** Refuses every write there but that of one integration's Secret, which is then all that the call writes. */
export function requireCredentials(written: readonly Written[], settings: ToolSettings): void {
  const touching = written.filter(({ target }) => touchesCredentials(target, settings))
  if (touching.length > 0 && written.length > 1) throw credentialsRefused()
  for (const { target, manifest } of touching) {
    const { resource, name } = target
    const isSecret = resource.group === '' && resource.kind === 'Secret' && credentialName.test(name)
    if (!isSecret || (manifest !== undefined && !holdsCredentials(manifest))) throw credentialsRefused()
  }
}

/** Where the login goes is said in clear: it is what the approver decides about. */
export function credentialSignals(written: readonly Written[], settings: ToolSettings): RiskSignal[] {
  const touching = written.filter(({ target }) => touchesCredentials(target, settings))
  return touching.map(({ target: { name }, manifest }) => {
    const provider = credentialName.exec(name)?.[1] ?? name
    const url = manifest === undefined ? undefined : urlOf(manifest)
    const where = url === undefined ? '' : `; the login goes to ${url}`
    return { risk: 'high', reason: `changes the login of the integration ${provider}${where}` }
  })
}

type SecretFields = { type?: string; data?: Record<string, unknown>; stringData?: Record<string, unknown> }

function holdsCredentials(manifest: KubeObject): boolean {
  const { type, data = {}, stringData = {} } = manifest as SecretFields
  return type === 'Opaque' && [...Object.keys(data), ...Object.keys(stringData)].every((key) => credentialKeys.has(key))
}

function urlOf(manifest: KubeObject): string | undefined {
  const { data, stringData } = manifest as SecretFields
  if (typeof stringData?.url === 'string') return stringData.url
  return typeof data?.url === 'string' ? Buffer.from(data.url, 'base64').toString() : undefined
}
