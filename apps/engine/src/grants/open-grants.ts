import { randomUUID } from 'node:crypto'
import { GRANT_LIFE_SECONDS, type GrantClaims, grantClaims } from '@fairlead/contract/call/grant'
import { SignJWT } from 'jose'
import type { KeySource } from './key-file.ts'
import type { PublicJwk, SigningKeys } from './signing-keys.ts'

/** How often the source is read, beside each time that keys are served or a grant is signed. */
const REFRESH_MS = 1000
/** How long one identity is sent again before a fresh one is signed; well under its life. */
const identityReuseMs = 15_000
const identityCacheSize = 1000

type Options = {
  source: KeySource
  log: { error(fields: object, message: string): void }
  /** Gets the keys in force, now and after each change, before the first signature of a new one. */
  onKeys?: (keys: readonly PublicJwk[]) => Promise<void>
  /** Of a grant. */
  grantSeconds?: number
  /** Milliseconds since the epoch. */
  now?: () => number
}

/** What a grant permits; its id and times are set here. */
export type Permit = Omit<GrantClaims, 'jti' | 'iat' | 'exp'>
export type Requester = { user: string; groups: readonly string[]; audience: string }

export type Grants = {
  /** A single-use permit, 60 s from now. `claims` is for the record, `token` for the tool server alone. */
  signGrant(permit: Permit): Promise<{ token: string; kid: string; claims: GrantClaims }>
  /** On whose behalf a call is made. The same token may be returned for some seconds. */
  signIdentity(requester: Requester): Promise<string>
  /** Compact JWS of the end of the audit chain. */
  signHead(head: Readonly<Record<string, unknown>>): Promise<string>
  /** Of the key that signs now. */
  kid(): string
  /** The public keys in force: what the source has lost is none from then on. */
  jwks(): Promise<{ keys: PublicJwk[] }>
  close(): void
}

/** Reads the keys (rejects when there are none to use) and follows their changes until closed. */
export async function openGrants(options: Options): Promise<Grants> {
  const { grantSeconds = GRANT_LIFE_SECONDS, now = Date.now } = options
  const identities = new Map<string, { token: Promise<string>; until: number }>()
  const keys = await followKeys({ ...options, onChange: () => identities.clear() })
  const timer = setInterval(() => void keys.refresh(), REFRESH_MS)
  timer.unref()

  function sign(claims: Readonly<Record<string, unknown>>): Promise<string> {
    const { privateKey, kid } = keys.current()
    return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'EdDSA', kid }).sign(privateKey)
  }

  function times(lifeSeconds: number): { iat: number; exp: number } {
    const iat = Math.floor(now() / 1000)
    return { iat, exp: iat + lifeSeconds }
  }

  return {
    async signGrant(permit) {
      await keys.refresh()
      const claims = grantClaims.parse({ ...permit, jti: randomUUID(), ...times(grantSeconds) })
      const { kid } = keys.current()
      return { token: await sign(claims), kid, claims }
    },

    signHead: sign,

    kid: () => keys.current().kid,

    signIdentity({ user, groups, audience }) {
      const key = JSON.stringify([user, groups, audience])
      const cached = identities.get(key)
      if (cached !== undefined && now() < cached.until) return cached.token
      const token = sign({ sub: user, groups, aud: audience, ...times(GRANT_LIFE_SECONDS) })
      if (identities.size >= identityCacheSize) identities.clear()
      identities.set(key, { token, until: now() + identityReuseMs })
      return token
    },

    async jwks() {
      await keys.refresh()
      return { keys: [...keys.current().published] }
    },

    close: () => clearInterval(timer),
  }
}

/** The keys of the source. `refresh` reads them again when they have changed, and keeps the last good ones on a fault. */
async function followKeys({ source, log, onKeys, onChange }: Options & { onChange(): void }) {
  let version = await source.version()
  let keys: SigningKeys = await source.read()
  await onKeys?.(keys.published)
  let lastFault: string | undefined
  let refreshing: Promise<void> | undefined

  async function refresh(): Promise<void> {
    try {
      const current = await source.version()
      if (current === version) return
      const next = await source.read()
      await onKeys?.(next.published)
      keys = next
      onChange()
      version = current
      lastFault = undefined
    } catch (error) {
      const fault = String(error)
      if (fault !== lastFault)
        log.error({ err: error }, 'The signing keys were not read again; the last good ones stay')
      lastFault = fault
    }
  }

  return {
    current: () => keys,
    refresh: (): Promise<void> => {
      refreshing ??= refresh().finally(() => {
        refreshing = undefined
      })
      return refreshing
    },
  }
}
