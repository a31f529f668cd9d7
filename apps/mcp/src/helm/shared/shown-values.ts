import { isSecretName } from '@fairlead/service-kit/redaction/secret-names'
import { hiddenMark } from '../../effect/hidden-value.ts'
import { isRecord } from '../../effect/is-record.ts'
import { redactText } from '../../output/redact.ts'

/** Values as they may be read: a scalar whose key says that it is a secret is hidden. */
export function readableValues(value: unknown): unknown {
  return masked(
    value,
    (each) => (typeof each === 'string' ? redactText(each) : each),
    () => '***',
  )
}

/**
 * Values as an effect has them: what is secret by its key is a keyed hash, so that a change of it shows and the value does not.
 * What the call itself says, and what is new with it, is shown as it will be written.
 */
export function effectValues(
  value: unknown,
  { said, redactionKey }: { said: unknown; redactionKey: Uint8Array | undefined },
): unknown {
  return masked(
    value,
    (each) => each,
    (each, path) => (isSaid(said, path, each) ? each : hiddenMark(Buffer.from(String(each)), redactionKey).mark),
  )
}

function isSaid(said: unknown, path: readonly string[], value: unknown): boolean {
  const found = path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), said)
  return found !== undefined && found === value
}

function masked(
  value: unknown,
  plain: (value: unknown) => unknown,
  secret: (value: unknown, path: readonly string[]) => unknown,
  path: readonly string[] = [],
): unknown {
  if (Array.isArray(value)) return value.map((each, index) => masked(each, plain, secret, [...path, String(index)]))
  if (!isRecord(value)) {
    const isSecret = value !== null && value !== '' && typeof value !== 'boolean' && isSecretName(path.at(-1) ?? '')
    return isSecret ? secret(value, path) : plain(value)
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, masked(each, plain, secret, [...path, key])]),
  )
}
