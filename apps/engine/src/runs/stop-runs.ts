import { setTimeout as sleep } from 'node:timers/promises'
import { Refusal } from '@fairlead/contract/errors'
import { closeCalls } from '../approvals/close-approvals.ts'
import { publishCancelled } from '../calls/publish-cancelled.ts'
import type { Db } from '../db/database.ts'
import { readOpenCalls } from '../event-log/record/calls.ts'
import type { Feed } from '../feed/feed.ts'
import type { ActiveRuns } from './active-runs.ts'
import { readActiveRun, readLastRun, readRun, requestStop } from './run-rows.ts'

const STOP_WAIT_MS = 5_000
/** How long a new message waits for a run that is being stopped. */
const STOPPING_MS = 10_000
const POLL_MS = 50

export type StopRuns = {
  /** Stops a run of the conversation, and closes what it waits for. Resolves when it is closed, at the latest after 5 s. */
  stop(of: { conversationId: string; runId: string; userId: string }): Promise<void>
  /** Stops whatever runs in a conversation, and waits for it. */
  stopConversation(conversationId: string): Promise<void>
  /** Resolves when no run of the conversation is being stopped, at the latest after 10 s. */
  untilNotStopping(conversationId: string): Promise<void>
}

type Ports = { db: Db; active: Pick<ActiveRuns, 'interrupt' | 'untilDone'>; feed: Pick<Feed, 'publish'> }

export function createStopRuns({ db, active, feed }: Ports): StopRuns {
  async function untilEnded(runId: string, limitMs: number): Promise<void> {
    const deadline = Date.now() + limitMs
    await active.untilDone(runId, limitMs)
    while (Date.now() < deadline) {
      const run = await readRun(db, runId)
      if (run === undefined || run.status === 'ended') return
      await sleep(POLL_MS)
    }
  }

  async function stopRun(runId: string): Promise<void> {
    if (!(await requestStop(db, runId))) return
    active.interrupt(runId, 'stopped-by-person')
    await untilEnded(runId, STOP_WAIT_MS)
  }

  return {
    stop: async ({ conversationId, runId, userId }) => {
      const run = await readRun(db, runId)
      if (run === undefined || run.conversation_id !== conversationId) throw new Refusal('runNotFound')
      if (run.status === 'running') await stopRun(runId)
      // Also of a run that asked for its approval before it heard of the stop.
      const last = await readLastRun(db, conversationId)
      if (last?.id !== runId || last.end_status !== 'awaiting_approval') return
      const closed = await db.transaction(async (tx) =>
        closeCalls(tx, await readOpenCalls(tx, conversationId), { why: 'the run was stopped', userId }),
      )
      publishCancelled(feed, userId, closed)
    },
    stopConversation: async (conversationId) => {
      const run = await readActiveRun(db, conversationId)
      if (run !== undefined) await stopRun(run.id)
    },
    untilNotStopping: async (conversationId) => {
      const run = await readActiveRun(db, conversationId)
      if (run?.stop_requested_at) await untilEnded(run.id, STOPPING_MS)
    },
  }
}
