import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { canonicalJson } from './json/digest.ts'

/** Where a sealed value belongs. It opens nowhere else. Outside of a cluster `cluster` is `""`. */
export type SealedPlace = { cluster: string; kind: string; namespace?: string; name: string; path: string }

const prefix = 'sealed:v1:'
const ivBytes = 12
const tagBytes = 16

export function isSealed(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith(prefix)
}

/** `sealed:v1:<base64>`: AES-256-GCM under a key derived from the installation's, bound to its place. */
export function sealValue(value: string, place: SealedPlace, redactionKey: Uint8Array): string {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', sealingKey(redactionKey), iv).setAAD(boundTo(place))
  const sealed = Buffer.concat([iv, cipher.update(Buffer.from(value)), cipher.final(), cipher.getAuthTag()])
  return prefix + sealed.toString('base64')
}

/** The value, or `undefined` when the text was changed, belongs to another place, or was sealed under another key. */
export function openSealedValue(text: string, place: SealedPlace, redactionKey: Uint8Array): string | undefined {
  const bytes = Buffer.from(text.slice(prefix.length), 'base64')
  if (bytes.length < ivBytes + tagBytes) return undefined
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(redactionKey), bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  })
  decipher.setAAD(boundTo(place)).setAuthTag(bytes.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString()
  } catch {
    // Node has one error for every reason a tag may not fit, and none of them is to be told apart by a caller.
    return undefined
  }
}

function sealingKey(redactionKey: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', redactionKey, '', 'fairlead sealed value v1', 32))
}

function boundTo({ cluster, kind, namespace, name, path }: SealedPlace): Buffer {
  return Buffer.from(canonicalJson([cluster, kind, namespace ?? '', name, path]))
}
