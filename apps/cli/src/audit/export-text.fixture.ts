import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { eventHash, GENESIS_HASH } from '@fairlead/contract/audit/event-hash'
import type { SealedEvent } from '@fairlead/contract/audit/sealed-event'
import { sha256 } from '@fairlead/contract/json/digest'

export type TestKey = { kid: string; x: string; privateKey: KeyObject; pem: string }

export function newKey(kid: string): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return { kid, x, privateKey, pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
}

export const jwkOf = ({ kid, x }: TestKey) => ({ kty: 'OKP', crv: 'Ed25519', x, kid })

/** A head as the engine signs it, by hand. */
export function headOf({ seq, hash }: Pick<SealedEvent, 'seq' | 'hash'>, { kid, privateKey }: TestKey): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'EdDSA', kid })}.${part({ seq, hash, at: '2026-11-24T09:00:00.000Z' })}`
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
}

type Content = Partial<Pick<SealedEvent, 'actor' | 'user_id' | 'type' | 'data' | 'format'>> & { body?: string }

/** Rows of these contents, sealed in their order. */
export function sealedRows(contents: readonly Content[]): SealedEvent[] {
  let prev_hash = GENESIS_HASH
  return contents.map(({ body, ...content }, index) => {
    const bodies = body === undefined ? undefined : [{ sha256: sha256(body), bytes: 1, content_type: 'text/plain' }]
    const isFirstFormat = 'format' in content && content.format === undefined
    const event = {
      ...{ id: randomUUID(), at: '2026-11-24T09:00:00.000Z', actor: 'ann@example.com', actor_ip: null },
      ...(isFirstFormat ? {} : { format: 2 as const, user_id: null }),
      ...{ conversation_id: null, run_id: null, call_id: null, type: 'message.asked' },
      ...content,
      data: { ...content.data, ...(bodies && { content: { blob: bodies[0]?.sha256, bytes: 1 }, bodies }) },
      ...{ seq: index + 1, prev_hash, hash: '' },
    }
    if (isFirstFormat) delete event.format
    prev_hash = eventHash(prev_hash, event)
    return { ...event, hash: prev_hash }
  })
}

export const keyRow = ({ kid, x }: TestKey): Content => ({
  actor: 'engine',
  type: 'signing_key.added',
  data: { kid, public_key_hex: Buffer.from(x, 'base64url').toString('hex') },
})

/** An export of ten rows: the first names the key, the fourth has a body, heads sign the fifth and the eighth. */
export function tenRows(key: TestKey): { rows: SealedEvent[]; heads: string[]; lines: string[] } {
  const body = 'large '.repeat(100)
  const rows = sealedRows([
    keyRow(key),
    ...Array.from({ length: 9 }, (_, n) => ({ data: { n, deep: { list: [n, 'é\u2028'] } }, ...(n === 2 && { body }) })),
  ])
  const heads = rows.filter(({ seq }) => seq === 5 || seq === 8).map((row) => headOf(row, key))
  return { rows, heads, lines: linesOf(rows, { heads, keys: [key], bodies: [body] }) }
}

export function linesOf(
  rows: readonly SealedEvent[],
  { heads, keys, bodies = [] }: { heads: string[]; keys: TestKey[]; bodies?: string[] },
): string[] {
  const found = new Map(bodies.map((body) => [sha256(body), body]))
  return [
    ...rows.flatMap((row) => {
      const refs = (row.data.bodies ?? []) as { sha256: string }[]
      const own = refs.map(({ sha256: blob }) => ({ blob, content_type: 'text/plain', body: found.get(blob) ?? '' }))
      return [...own, row]
    }),
    { heads, keys: { keys: keys.map(jwkOf) } },
  ].map((line) => JSON.stringify(line))
}
