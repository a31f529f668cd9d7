import { randomUUID } from 'node:crypto'
import type { InputOf } from '@fairlead/contract/endpoints/define-endpoint'
import type {
  changeIntegration as changed,
  createIntegration as created,
} from '@fairlead/contract/endpoints/integrations'
import { Refusal } from '@fairlead/contract/errors'
import { eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { type Administrator, type CredentialPorts, removeCredentials, storeCredentials } from './credential-secrets.ts'
import { integrations } from './integration.table.ts'
import { findIntegration, type IntegrationRow, readIntegrations } from './integration-rows.ts'
import { readApiUrl, readLogin } from './jenkins-login.ts'

export type IntegrationPorts = CredentialPorts & {
  db: Db
  log: { warn(fields: object, sentence: string): void }
}

/** The login is stored first; a row that cannot be written takes it back. Throws `Refusal`. */
export async function createIntegration(
  ports: IntegrationPorts,
  { input, by }: { input: InputOf<typeof created>; by: Administrator },
): Promise<IntegrationRow> {
  const { db } = ports
  const provider = providerOf(input.provider)
  if ((await readIntegrations(db, provider)).length > 0) throw alreadyThere(provider)
  const url = readApiUrl(input.metadata)
  const login = { ...readLogin(input.credentials), url }
  const ref = await storeCredentials(ports, { provider, login, by })
  const row = {
    ...{ id: randomUUID(), user_id: by.id, provider, name: input.name || null, credentials_ref: ref },
    metadata: { ...input.metadata, api_url: url },
  }
  try {
    return await db.transaction(async (tx) => {
      const [inserted] = await tx.insert(integrations).values(row).onConflictDoNothing().returning()
      // Somebody else was first.
      if (inserted === undefined) throw alreadyThere(provider)
      await recordChange(tx, by, { change: 'created', row: inserted })
      return inserted
    })
  } catch (error) {
    await removeOrWarn(ports, { ref, provider, by })
    throw error
  }
}

/** A new login takes the place of the old one once the row names it. Throws `Refusal`. */
export async function changeIntegration(
  ports: IntegrationPorts,
  { id, input, by }: { id: string; input: InputOf<typeof changed>; by: Administrator },
): Promise<IntegrationRow> {
  const { db } = ports
  const before = await findIntegration(db, id)
  const { provider } = before
  const isPlaced = input.metadata !== undefined && input.metadata !== null
  const url = readApiUrl(isPlaced ? input.metadata : before.metadata)
  if (url !== before.metadata?.api_url && input.credentials === undefined) throw new Refusal('credentialsRequired')
  const login = input.credentials && { ...readLogin(input.credentials), url }
  const ref = login && (await storeCredentials(ports, { provider, login, by }))
  const next = {
    ...(input.name !== undefined && { name: input.name || null }),
    ...(input.status !== undefined && { status: input.status }),
    // What is not changed here may be by somebody else in the meantime.
    ...((isPlaced || login !== undefined) && { metadata: { ...(input.metadata ?? before.metadata), api_url: url } }),
    ...(ref !== undefined && { credentials_ref: ref }),
    updated_at: new Date(),
  }
  const { row, replaced } = await db
    .transaction(async (tx) => {
      // By now another change may have stored another login: that one is replaced, so that no Secret is left behind.
      const [now] = await tx.select().from(integrations).where(eq(integrations.id, before.id)).for('update')
      const isMoved = isPlaced && login === undefined && url !== now?.metadata?.api_url
      if (now !== undefined && isMoved) throw new Refusal('credentialsRequired')
      const [updated] = await tx.update(integrations).set(next).where(eq(integrations.id, before.id)).returning()
      if (now === undefined || updated === undefined) throw new Refusal('integrationNotFound')
      await recordChange(tx, by, { change: 'changed', row: updated, hasNewLogin: login !== undefined })
      return { row: updated, replaced: now.credentials_ref }
    })
    .catch(async (error: unknown) => {
      if (ref !== undefined) await removeOrWarn(ports, { ref, provider, by })
      throw error
    })
  if (ref !== undefined) await removeOrWarn(ports, { ref: replaced, provider, by })
  return row
}

/** Throws Refusal `integrationNotFound`. */
export async function deleteIntegration(
  ports: IntegrationPorts,
  { id, by }: { id: string; by: Administrator },
): Promise<void> {
  const row = await findIntegration(ports.db, id)
  const { provider, credentials_ref: ref } = row
  await ports.db.transaction(async (tx) => {
    await tx.delete(integrations).where(eq(integrations.id, row.id))
    await recordChange(tx, by, { change: 'deleted', row })
  })
  await removeOrWarn(ports, { ref, provider, by })
}

function providerOf(given: string | null | undefined): string {
  const provider = given?.trim().toLowerCase() ?? ''
  if (provider === '') throw new Refusal('providerRequired')
  if (provider !== 'jenkins') throw new Refusal('providerUnsupported', { words: { provider: provider.slice(0, 80) } })
  return provider
}

function alreadyThere(provider: string): Refusal {
  return new Refusal('integrationExists', { words: { provider } })
}

async function recordChange(
  tx: Db,
  by: Administrator,
  of: { change: 'created' | 'changed' | 'deleted'; row: IntegrationRow; hasNewLogin?: boolean },
): Promise<void> {
  const { change, row, hasNewLogin = change === 'created' } = of
  const { id, provider, name, metadata, status } = row
  await recordAudit(tx, {
    actor: by.email,
    actor_ip: by.address,
    type: 'integration.changed',
    data: { change, id, provider, name, metadata, status, new_login: hasNewLogin },
  })
}

/** A Secret that stays behind is nobody's login any more: it costs the request nothing. */
async function removeOrWarn(
  ports: IntegrationPorts,
  of: { ref: string; provider: string; by: Administrator },
): Promise<void> {
  const error = await removeCredentials(ports, of)
  if (error !== undefined) ports.log.warn({ secret: of.ref, error }, 'The Secret of a login could not be removed')
}
