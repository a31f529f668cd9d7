import { randomUUID } from 'node:crypto'
import type { GrantClaims } from '@fairlead/contract/call/grant'
import { effectDigest } from '@fairlead/contract/json/digest'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { approveOwnRequest } from '../../approvals/approve-own-request.ts'
import { ownerOf, recordOf, stored } from '../../approvals/waiting-call.fixture.ts'
import { databases } from '../../db/databases.fixture.ts'
import type { Database } from '../../db/open-database.ts'
import { auditEvents } from '../../event-log/audit/audit-event.table.ts'
import { advanceCall, insertCalls } from '../../event-log/record/calls.ts'
import { aCall, aConversation, anEffect } from '../../event-log/record.fixture.ts'
import { attempts } from '../attempt/attempt.table.ts'
import { insertAttempt } from '../attempt/attempts.ts'
import { endLostWrites } from './end-lost-writes.ts'

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)

describe.each(databases)('writes of the engine whose engine was lost, $name', ({ open }) => {
  let database: Database
  let owner: { id: string; email: string }
  let conversationId: string
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database?.close())
  beforeEach(async () => {
    conversationId = await aConversation(database.db)
    owner = await ownerOf(database.db, conversationId)
  })

  async function proposed({ created_at = minutesAgo(16), conversation_id = null as string | null } = {}) {
    const ids = { run_id: randomUUID(), conversation_id: conversationId }
    const row = { ...aCall(ids, { class: 'write', tool: 'k8s_apply', created_at }), conversation_id }
    await insertCalls(database.db, [row])
    return await stored(database.db, row.call_id)
  }

  async function approved() {
    const call = await proposed()
    const effect = anEffect('Create Secret jenkins-cred-1')
    const effect_digest = effectDigest({ tool: call.tool, args_digest: call.args_digest, effect })
    const by = { ...owner, address: '127.0.0.1' }
    await approveOwnRequest(database.db, { call, effect, effect_digest, by, request: 'Store a login.' })
    return call
  }

  async function executing() {
    const call = await approved()
    const { call_id, revision, run_id } = call
    const grant = { jti: randomUUID() } as GrantClaims
    await insertAttempt(database.db, { call_id, revision, run_id, engine: 'lost', epoch: 1, grant })
    await advanceCall(database.db, call_id, { from: ['approved'], to: 'executing' })
    return call
  }

  test('what may have been sent is unknown, in the record of whose request it was', async () => {
    const call = await executing()
    await endLostWrites(database.db)
    const { call: now, audit } = await recordOf(database.db, call)
    const error = 'The engine was lost while it wrote. It may have taken effect.'
    expect(now).toMatchObject({ status: 'unknown', outcome: 'unknown', error })
    expect(audit.slice(-3)).toEqual(['attempt.ended', 'call.ended', 'effect.computed'])
    const [attempt] = await database.db.select().from(attempts).where(eq(attempts.call_id, call.call_id))
    expect(attempt).toMatchObject({ outcome: 'unknown', ended_at: expect.any(Date) })
    const rows = await database.db.select().from(auditEvents).where(eq(auditEvents.call_id, call.call_id))
    expect(rows.find(({ type }) => type === 'call.ended')).toMatchObject({ user_id: owner.id, run_id: call.run_id })
    await endLostWrites(database.db)
    expect((await recordOf(database.db, call)).audit).toEqual(audit)
  })

  test.each([
    ['not approved', proposed],
    ['approved', approved],
  ])('what was %s yet was not sent, and failed', async (_, make) => {
    const call = await make()
    await endLostWrites(database.db)
    const error = 'The engine was lost before it sent the write. Nothing was written.'
    expect((await recordOf(database.db, call)).call).toMatchObject({ status: 'error', outcome: 'failed', error })
  })

  test('what may still be under way, and what belongs to a conversation, is left', async () => {
    const calls = [await proposed({ created_at: minutesAgo(10) }), await proposed({ conversation_id: conversationId })]
    await endLostWrites(database.db)
    for (const call of calls) expect((await stored(database.db, call.call_id)).status).toBe(call.status)
  })
})
