import type { Endpoints } from '@fairlead/contract/endpoints/endpoints'
import { Refusal } from '@fairlead/contract/errors'
import type { Db } from '../db/database.ts'
import { type AuditFilters, type AuditScope, isOthers, isRowInScope, rowsOf } from '../event-log/audit/read-audit.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { type ChainKeys, verifyChain } from '../event-log/audit/verify-chain.ts'
import { type AuthenticatedUser, hasGrant } from '../http/authenticated-user.ts'
import type { Handlers } from '../http/handlers.ts'
import { exportCsv, exportJsonLines } from './export-audit.ts'
import { listAudit } from './list-audit.ts'
import { createVerificationLimit } from './verification-limit.ts'

export type AuditPorts = {
  db: Db
  /** Public keys that ever signed a head: exports are checked with them long after a rotation. */
  publicKeys(): Promise<{ keys: readonly object[] }>
  /** The keys that the engine checks its own heads with. */
  chainKeys(): Promise<ChainKeys>
}

export function auditHandlers({
  db,
  publicKeys,
  chainKeys,
}: AuditPorts): Pick<Handlers<Endpoints>, 'listAudit' | 'exportAudit' | 'verifyAudit'> {
  const verifying = createVerificationLimit()
  return {
    listAudit: async ({ user, query }) => listAudit(db, { query, scope: await scopeOf(db, user, query) }),
    exportAudit: async ({ user, query, address }) => {
      const { format, ...filters } = query
      const scope = await scopeOf(db, user, filters)
      const onEnd = (rows: number) =>
        recordAudit(db, {
          actor: user.email,
          actor_ip: address,
          user_id: user.id,
          type: 'export.made',
          data: { filters, format, rows },
        })
      const options = { where: rowsOf({ filters, scope }), publicKeys, onEnd }
      return format === 'csv'
        ? { contentType: 'text/csv; charset=utf-8', filename: 'audit.csv', body: exportCsv(db, options) }
        : {
            contentType: 'application/jsonl; charset=utf-8',
            filename: 'audit.jsonl',
            body: exportJsonLines(db, options),
          }
    },
    verifyAudit: async ({ user, query, signal }) => {
      const stretch = { from: query.from_seq, to: query.to_seq, signal }
      const report = await verifying(async () => verifyChain(db, await chainKeys(), stretch))
      const { first_bad } = report
      if (first_bad?.id == null || (await isRowInScope(db, first_bad.id, scopeFor(user)))) return report
      // The sentence names the row, and what it refers to.
      const detail = `Row ${first_bad.seq} is not as it was written.`
      return { ...report, first_bad: { ...first_bad, id: null, detail } }
    },
  }
}

function scopeFor(user: AuthenticatedUser): AuditScope {
  return hasGrant(user, 'audit') ? 'all' : { userId: user.id }
}

/** Others' rows are left out; who asks for somebody or something else by name is refused. */
async function scopeOf(db: Db, user: AuthenticatedUser, filters: AuditFilters): Promise<AuditScope> {
  const scope = scopeFor(user)
  if (scope === 'all') return scope
  if (filters.user_id !== undefined && filters.user_id !== user.id) throw new Refusal('forbidden')
  const { conversation_id } = filters
  if (conversation_id && (await isOthers(db, { id: conversation_id, of: 'conversation_id', userId: user.id })))
    throw new Refusal('notYourConversation')
  return scope
}
