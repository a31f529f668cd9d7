import { randomUUID } from 'node:crypto'
import { newPosition } from '@fairlead/agent/position'
import type { GrantClaims } from '@fairlead/contract/call/grant'
import type { Effect } from '@fairlead/contract/effect/effect'
import { effectDigest } from '@fairlead/contract/json/digest'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aWaitingCall, ownerOf, recordOf } from '../../approvals/waiting-call.fixture.ts'
import { databases } from '../../db/databases.fixture.ts'
import type { Database } from '../../db/open-database.ts'
import { advanceCall, type CallRow } from '../../event-log/record/calls.ts'
import { aConversation, anEffect } from '../../event-log/record.fixture.ts'
import { insertAttempt, readAttempts, readOpenAttempts } from '../attempt/attempts.ts'
import type { Ending } from '../end-call.ts'
import { LeaseLost } from '../lease-lost.ts'
import type { Step } from '../run-record.ts'
import { createApprovalRequests } from './approval-requests.ts'
import type { EffectToApprove, Previewed } from './preview-write.ts'
import { type ApprovalCause, createRequestApprovalAgain } from './request-approval-again.ts'

describe.each(databases)('an approval that is requested again, $name', ({ open }) => {
  let database: Database
  let conversationId: string
  let runId: string
  let call: CallRow
  let previewed: Previewed
  let previews: number
  let steps: Step[]
  let endings: Ending[]
  let published: unknown[]
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database?.close())
  beforeEach(async () => {
    ;[previews, steps, endings, published] = [0, [], [], []]
    conversationId = await aConversation(database.db)
    runId = randomUUID()
    call = await anApprovedCall()
    previewed = toApprove('Scale web 4 → 5')
  })

  const anApprovedCall = async () => {
    const waiting = await aWaitingCall(database.db, conversationId, { runId })
    await advanceCall(database.db, waiting.call_id, { from: ['awaiting_approval'], to: 'approved' })
    return { ...waiting, status: 'approved' as const }
  }
  const toApprove = (summary: string): EffectToApprove => {
    const effect: Effect = anEffect(summary)
    return {
      effect,
      effect_digest: effectDigest({ tool: call.tool, args_digest: call.args_digest, effect }),
      seals: [],
    }
  }
  const anOpenAttempt = async () => {
    const attemptId = randomUUID()
    const grant = { jti: attemptId } as GrantClaims
    await insertAttempt(database.db, {
      call_id: call.call_id,
      revision: 1,
      run_id: runId,
      engine: 'one',
      epoch: 1,
      grant,
    })
    return { attemptId, text: 'Stale: web has 4 replicas now.\nNothing was written.', progress: 'looked' }
  }
  const askAgain = async (cause: ApprovalCause) => {
    const requester = await ownerOf(database.db, conversationId)
    const requests = createApprovalRequests({
      db: database.db,
      publish: (_, event) => published.push(event),
      now: () => Date.parse('2030-01-01T00:00:00Z'),
      origin: {
        run_id: runId,
        conversation_id: conversationId,
        request: 'Scale web.',
        requester: () => ({ ...requester, groups: [], view_only: false, is_verified: true, is_active: true }),
      },
      settings: { approvalTtlHours: 24, contextMessages: 40 },
    })
    const again = createRequestApprovalAgain({
      commitStep: async (step) => {
        await database.db.transaction(async (tx) => await step.facts?.(tx))
        steps.push(step)
        return true
      },
      endCall: async (ending) => {
        endings.push(ending)
        await database.db.transaction(async (tx) => await ending.facts?.(tx))
        return true
      },
      previewWrite: async () => {
        previews += 1
        return previewed
      },
      requests,
    })
    const position = newPosition({ run_id: runId, conversation_id: conversationId, user_id: 'u', start_time: 0 })
    return await again(call, { cause, position })
  }
  const recorded = (revision: number) => recordOf(database.db, { call_id: call.call_id, revision })

  test('is about the effect that the tool server sent; what was approved holds no longer', async () => {
    const stale = await anOpenAttempt()
    const now = toApprove('Scale web 4 → 5')
    expect(await askAgain({ kind: 'effect-changed', stale, now })).toBe('waiting')
    expect(previews).toBe(0)
    const [before, after] = [await recorded(1), await recorded(2)]
    expect(after.call).toMatchObject({ status: 'awaiting_approval', revision: 2 })
    expect(before.approval?.status).toBe('stale')
    expect(after.approval).toMatchObject({
      status: 'pending',
      effect: { summary: 'Scale web 4 → 5' },
      effect_digest: now.effect_digest,
      expires_at: new Date('2030-01-02T00:00:00Z'),
    })
    expect(after.votes).toEqual([])
    expect(await readAttempts(database.db, call.call_id, 1)).toMatchObject([{ outcome: 'stale' }])
    expect(await readOpenAttempts(database.db, [runId])).toEqual([])
    const [{ events, audit } = {}] = steps
    expect(events).toMatchObject([
      { type: 'tool.stale', call_id: call.call_id, reason: 'web has 4 replicas now.', revision: 1 },
      { type: 'tool.awaiting_approval', revision: 2, effect_digest: now.effect_digest, votes: [] },
    ])
    expect(audit).toMatchObject([{ type: 'attempt.ended', data: { outcome: 'stale', attempt: stale.attemptId } }])
    expect(published).toMatchObject([{ type: 'approval.pending', call_id: call.call_id, revision: 2, given: 0 }])
  })

  test('is about a new preview where the tool server sent no effect', async () => {
    const stale = await anOpenAttempt()
    expect(await askAgain({ kind: 'effect-not-sent', stale })).toBe('waiting')
    expect(previews).toBe(1)
    expect((await recorded(2)).approval).toMatchObject({ status: 'pending', effect: { summary: 'Scale web 4 → 5' } })
  })

  test('is about a new preview when the tool has changed, and no attempt has ended by it', async () => {
    expect(await askAgain({ kind: 'tool-changed' })).toBe('waiting')
    expect(previews).toBe(1)
    const [{ events, audit } = {}] = steps
    expect(events?.[0]).toMatchObject({ type: 'tool.stale', reason: expect.stringContaining('k8s_scale has changed') })
    expect(audit).toEqual([])
  })

  test('fails with the preview, and ends the attempt all the same', async () => {
    previewed = { error: 'deployments.apps "web" not found' }
    const stale = await anOpenAttempt()
    expect(await askAgain({ kind: 'effect-not-sent', stale })).toBe('done')
    expect(endings).toMatchObject([
      { end: { outcome: 'failed', error: 'deployments.apps "web" not found' }, progress: 'looked' },
    ])
    expect(await readAttempts(database.db, call.call_id, 1)).toMatchObject([{ outcome: 'stale' }])
    expect([steps, published]).toEqual([[], []])
  })

  test('changes nothing when the call is no longer approved', async () => {
    const stale = await anOpenAttempt()
    await advanceCall(database.db, call.call_id, { from: ['approved'], to: 'cancelled' })
    const before = await recorded(1)
    const now = toApprove('Scale web 4 → 5')
    await expect(askAgain({ kind: 'effect-changed', stale, now })).rejects.toThrow(LeaseLost)
    expect(await recorded(1)).toEqual(before)
    expect((await recorded(2)).approval).toBeUndefined()
    expect(await readOpenAttempts(database.db, [runId])).toHaveLength(1)
    expect([steps, published]).toEqual([[], []])
  })
})
