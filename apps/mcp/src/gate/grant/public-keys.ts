import { readFile } from 'node:fs/promises'
import { fileVersion } from '@fairlead/service-kit/file-version'
import { importJWK, type JWK } from 'jose'
import { request } from 'undici'
import { z } from 'zod'

/** The engine's public keys (Ed25519), by `kid`. */
export type PublicKeys = {
  /** Undefined for a `kid` that is not known, after looking once more where that is allowed. */
  find(kid: string): Promise<VerificationKey | undefined>
  /** What is loaded now. */
  kids(): readonly string[]
}

export type VerificationKey = Awaited<ReturnType<typeof importJWK>>

type Loaded = ReadonlyMap<string, VerificationKey>
type Report = (fault: string) => void

const URL_RELOAD_MS = 60_000
const URL_MISS_MS = 10_000

const keySet = z.object({
  keys: z
    .array(
      z.looseObject({
        kty: z.literal('OKP', { error: 'is not an Ed25519 key' }),
        crv: z.literal('Ed25519', { error: 'is not an Ed25519 key' }),
        kid: z.string({ error: 'has no kid' }).min(1),
        x: z.string(),
        d: z.undefined({ error: 'holds a private key (d)' }).optional(),
      }),
    )
    .min(1, 'has no keys'),
})

/** The keys of a JWKS document. Throws a sentence when it is no set of public Ed25519 keys. */
async function parsePublicKeys(text: string): Promise<Loaded> {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (cause) {
    throw new Error('is not JSON', { cause })
  }
  const parsed = keySet.safeParse(document)
  if (!parsed.success) throw new Error(sentenceOf(parsed.error))
  const keys = await Promise.all(
    parsed.data.keys.map(async (key) => [key.kid, await importJWK(key as JWK, 'EdDSA')] as const),
  )
  return new Map(keys)
}

function sentenceOf({ issues }: z.ZodError): string {
  const known = issues.find(({ message }) => /^(is not|has no|holds)/.test(message))
  return known?.message ?? 'is not a JWKS document'
}

/**
 * Reads the file now (throws when it is not right), and checks it each time that a key is needed: one that it has
 * lost is no key from then on. A fault later keeps the last good set.
 */
export async function keysFromFile(path: string, report: Report): Promise<PublicKeys> {
  let version = await fileVersion(path)
  let keys = await parsePublicKeys(await readFile(path, 'utf8'))
  let lastFault: string | undefined
  let reloading: Promise<void> | undefined
  const reload = async (): Promise<void> => {
    try {
      const current = await fileVersion(path)
      if (current === version) return
      keys = await parsePublicKeys(await readFile(path, 'utf8'))
      version = current
      lastFault = undefined
    } catch (fault) {
      const sentence = `${path} ${messageOf(fault)}; the keys read before stay`
      if (sentence !== lastFault) report(sentence)
      lastFault = sentence
    }
  }
  return {
    async find(kid) {
      reloading ??= reload().finally(() => {
        reloading = undefined
      })
      await reloading
      return keys.get(kid)
    },
    kids: () => [...keys.keys()],
  }
}

/** Fetches when first needed, every minute, and on an unknown `kid`, at most every ten seconds. */
export function keysFromUrl(url: string, report: Report, now: () => number = Date.now): PublicKeys {
  let keys: Loaded = new Map()
  let loadedAt = Number.NEGATIVE_INFINITY
  let reloading: Promise<void> | undefined
  const reload = async (): Promise<void> => {
    try {
      const { statusCode, body } = await request(url, { headersTimeout: 5_000, bodyTimeout: 5_000 })
      const text = await body.text()
      if (statusCode !== 200) throw new Error(`answered ${statusCode}`)
      keys = await parsePublicKeys(text)
    } catch (fault) {
      report(`${url} ${messageOf(fault)}; the keys fetched before stay`)
    }
  }
  const reloadOnce = (): Promise<void> => {
    reloading ??= reload().finally(() => {
      loadedAt = now()
      reloading = undefined
    })
    return reloading
  }
  return {
    async find(kid) {
      if (now() - loadedAt >= URL_RELOAD_MS) await reloadOnce()
      if (!keys.has(kid) && now() - loadedAt >= URL_MISS_MS) await reloadOnce()
      return keys.get(kid)
    },
    kids: () => [...keys.keys()],
  }
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}
