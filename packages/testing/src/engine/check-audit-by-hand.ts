import { createHash, createPublicKey, verify } from 'node:crypto'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
type Ref = { sha256: string; content_type?: string }
type Row = { [name: string]: Json } & { seq: number; prev_hash: string; hash: string; type: string }

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const decoded = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as { [name: string]: string }

/** RFC 8785, for what the record holds. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] as Json)}`).join(',')}}`
}

/**
 * Checks an export as docs/guides/audit.md says that a stranger can: without any code of the product. It answers what is wrong, or
 * nothing. `x` is a public key from outside, `head` what a sink has kept.
 */
export function checkAuditByHand(file: string, { x, head }: { x?: string; head?: string } = {}): string | undefined {
  const lines = file.trimEnd().split('\n')
  const end = JSON.parse(lines.pop() ?? '') as { heads: string[]; keys: { keys: { kid: string; x: string }[] } }
  const bodies = new Map<string, string>()
  const hashes = new Map<number, string>()
  const named = new Map<string, { kid: string; seq: number }>()
  let previous = '0'.repeat(64)
  let hasFormat = false
  for (const text of lines) {
    const line = JSON.parse(text) as Row
    if (typeof line.blob === 'string') {
      if (line.blob !== sha256(String(line.body))) return `body ${line.blob} has another digest`
      bodies.set(line.blob, bodies.get(line.blob) ?? String(line.content_type))
      continue
    }
    const { seq, prev_hash, hash, ...content } = line
    if (seq !== hashes.size + 1) return `row ${hashes.size + 1} is missing`
    if (prev_hash !== previous) return `row ${seq} does not follow`
    if (hash !== sha256(prev_hash + canonical(content))) return `row ${seq} has another hash`
    if (hasFormat && line.format !== 2) return `row ${seq} has another format`
    hasFormat = line.format === 2
    const data = line.data as { bodies?: Ref[]; kid?: string; public_key_hex?: string }
    const refs = hasFormat ? (data.bodies ?? []) : oldRefs(line.data as object)
    for (const { sha256: digest, content_type } of refs) {
      const type = bodies.get(digest)
      if (type === undefined) return `row ${seq} lacks body ${digest}`
      if (type !== '' && content_type !== undefined && content_type !== type) return `body ${digest} is of another type`
      bodies.set(digest, '') // to a later row the same bytes may be of another type
    }
    if (line.type === 'signing_key.added') named.set(data.public_key_hex ?? '', { kid: data.kid ?? '', seq })
    hashes.set(seq, hash)
    previous = hash
  }
  for (const jws of [...end.heads, ...(head === undefined ? [] : [head])]) {
    const [protectedHeader, payload, signature = ''] = jws.split('.')
    const { kid } = decoded(protectedHeader)
    const key = x ?? end.keys.keys.find((one) => one.kid === kid)?.x
    if (key === undefined) return `nobody knows key ${kid}`
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key }, format: 'jwk' })
    const signed = Buffer.from(`${protectedHeader}.${payload}`)
    if (!verify(null, signed, publicKey, Buffer.from(signature, 'base64url'))) return `a head is not signed by ${kid}`
    const { seq, hash } = decoded(payload)
    if (hashes.get(Number(seq)) !== hash) return `a head signs another row ${seq}`
    const hex = Buffer.from(key, 'base64url').toString('hex')
    if (Array.from(named.values()).some((row) => row.seq <= Number(seq)) && !named.has(hex))
      return `no row names ${kid}`
  }
  for (const [hex, { kid }] of named) {
    const other = end.keys.keys.find((key) => key.kid === kid)
    if (other && Buffer.from(other.x, 'base64url').toString('hex') !== hex) return `key ${kid} is another one`
  }
  return undefined
}

function oldRefs(data: object): Ref[] {
  return (Object.values(data) as { blob?: unknown; bytes?: unknown }[]).flatMap((value) =>
    typeof value?.blob === 'string' && typeof value.bytes === 'number' ? [{ sha256: value.blob }] : [],
  )
}
