import { maskText } from '@fairlead/service-kit/redaction/mask'
import { isSecretName } from '@fairlead/service-kit/redaction/secret-names'
import type { Strength } from '@fairlead/service-kit/redaction/strength'
import { stripControl, stripControlButColour } from './untrusted-text.ts'

/** Text from outside, fit to be shown: escape sequences and control characters removed, secrets masked. */
export function redactText(text: string, strength: Strength = 'read'): string {
  return maskText(stripControl(text), strength)
}

/**
 * The same for live output, where colour (SGR) stays. A line in which a secret was found loses its colour, since a
 * sequence in the midst of a secret would hide it from the masks.
 *
 * @param text whole lines; a PEM block must be in it to its end
 */
export function redactColouredText(text: string): string {
  const plain = stripControl(text)
  const masked = maskText(plain, 'read')
  return masked === plain ? stripControlButColour(text) : masked
}

type Options = {
  /** `MCP_REVEAL_SECRETS`: values of Secrets and of telling keys are shown; shapes of secrets in text never are. */
  reveal?: boolean
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

type Fields = { [key: string]: unknown }

/**
 * A copy of an API object, or of a list of them, that may be shown.
 *
 * In Secrets every value of `data` and `stringData` becomes `***(<n> bytes)` and the last-applied annotation is
 * dropped; literal values of environment variables with a telling name become `***`, in that annotation of other objects
 * too; every string is redacted.
 */
export function redactObject<T>(object: T, { reveal = false }: Options = {}): T {
  return redacted(object, reveal) as T
}

function redacted(value: unknown, reveal: boolean): unknown {
  if (typeof value === 'string') return redactText(value, reveal ? 'written' : 'read')
  if (Array.isArray(value)) return value.map((item) => redacted(item, reveal))
  if (!isFields(value)) return value
  if (!reveal && isSecret(value)) return redactedSecret(value)
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      redactText(key, 'written'),
      key === lastApplied ? redactedManifest(field, reveal) : redacted(field, reveal),
    ]),
  )
  return !reveal && Array.isArray(copy.env) ? { ...copy, env: copy.env.map(withoutSecretValue) } : copy
}

/** A manifest as text, in which names tell secrets as they do in the object itself. */
function redactedManifest(text: unknown, reveal: boolean): unknown {
  try {
    return JSON.stringify(redacted(JSON.parse(String(text)), reveal))
  } catch {
    return redacted(text, reveal)
  }
}

/** A Secret is told by its kind; items of a typed list have none, there the list's kind says it. */
function isSecret(value: Fields): boolean {
  return value.kind === 'Secret' || value.kind === 'SecretList'
}

function redactedSecret(secret: Fields): unknown {
  if (Array.isArray(secret.items)) return { ...secret, items: secret.items.map((item) => redactedSecret(item)) }
  const { data, stringData, metadata, ...rest } = secret
  return {
    ...(redacted({ ...rest, kind: undefined }, true) as Fields),
    ...(rest.kind !== undefined && { kind: rest.kind }),
    ...(metadata !== undefined && { metadata: redacted(withoutLastApplied(metadata), true) }),
    ...(data !== undefined && { data: hidden(data, 'base64') }),
    ...(stringData !== undefined && { stringData: hidden(stringData, 'utf8') }),
  }
}

function withoutLastApplied(metadata: unknown): unknown {
  if (!isFields(metadata) || !isFields(metadata.annotations)) return metadata
  const { [lastApplied]: _, ...annotations } = metadata.annotations
  return { ...metadata, annotations }
}

function hidden(values: unknown, encoding: 'base64' | 'utf8'): unknown {
  if (!isFields(values)) return values === null ? null : '***'
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, hiddenValue(value, encoding)]))
}

/** What stands for a value of a Secret: its size, never its content. */
export function hiddenValue(value: unknown, encoding: 'base64' | 'utf8'): string {
  return typeof value === 'string' ? `***(${Buffer.byteLength(value, encoding)} bytes)` : '***'
}

function withoutSecretValue(variable: unknown): unknown {
  const telling = isFields(variable) && typeof variable.name === 'string' && isSecretName(variable.name)
  return telling && typeof variable.value === 'string' && variable.value !== ''
    ? { ...variable, value: '***' }
    : variable
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
