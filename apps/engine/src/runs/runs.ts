import { setTimeout as sleep } from 'node:timers/promises'
import { type AbortReason, RunInterrupted } from '@fairlead/agent/abort'
import { Refusal } from '@fairlead/contract/errors'
import { readStrandedDecisions } from '../approvals/announce-decisions.ts'
import { closeCalls } from '../approvals/close-approvals.ts'
import { publishCancelled } from '../calls/publish-cancelled.ts'
import type { RunContext, RunUser } from '../calls/run-context.ts'
import { settleWrites } from '../calls/write/settle-writes.ts'
import { inTime } from '../db/in-time.ts'
import { readOpenCalls } from '../event-log/record/calls.ts'
import { readRequest, requestLine } from '../event-log/record/read-request.ts'
import { tailKey } from '../event-log/run-log.ts'
import { endRunAlone } from './close-run.ts'
import { executeRun, GIVEN_UP, openExecution, openLog, type Running } from './execute-run.ts'
import {
  type Claim,
  claimRun,
  hasFailedToEnd,
  isGivenUp,
  lastRecordedEventId,
  readAbandonedRuns,
  readActiveRun,
  readLastRun,
  readRun,
  readStopRequests,
  readUnsettledRuns,
  releaseRun,
  renewLeases,
  requestStop,
} from './run-rows.ts'
import { startChat } from './start-chat.ts'
import { type StartedRun, startAfterDecision } from './start-run.ts'
import { startUndo } from './start-undo.ts'

type Caller = RunUser & { address: string }
type Trailing = { claim: Claim; done: Promise<void> }
type Active = Trailing & {
  controller: AbortController
  /** When its lease ends, unless it is renewed before; in milliseconds since 1970. */
  heldUntil: number
}

/** How far ids jump where a lost tail may have shown more of them than the record knows. */
const LOST_TAIL_GAP = 1_000_000
const STOP_LOOK_MS = 500
const STOP_WAIT_MS = 5_000
/** How long a new message waits for a run that is being stopped. */
const STOPPING_MS = 10_000
const WATCH_MS = 50
/** How long a closing engine waits for runs that it has interrupted. */
const INTERRUPTED_MS = 1000

export type Runs = {
  /** Starts a run for a user's message; its events can be followed at once. Throws `Refusal`. */
  chat(of: { conversationId: string | undefined; user: Caller; content: string }): Promise<StartedRun>
  /** Resumes the turn after a decision, in a run of its own or in the one that is active. Returns that run's id. */
  wake(of: { conversationId: string; user: Caller }): Promise<string>
  undo(of: Parameters<typeof startUndo>[1]): Promise<StartedRun>
  /** Resolves when the run is closed, at the latest after 5 s. */
  stop(of: { conversationId: string; runId: string; userId: string }): Promise<void>
  /** Stops whatever runs in a conversation, and waits for it. */
  stopConversation(conversationId: string): Promise<void>
  /** Another engine writes the run's tail: work on it ends. */
  lost(key: string): void
  /** Leases, take-overs and stop requests, until the abort; then lets go of every run. */
  work(signal: AbortSignal): Promise<void>
}

/** The runs of this engine: what it starts, what it takes over from engines that died, what a person stops. */
export function createRuns(context: RunContext): Runs {
  const { db, engineId, settings, log } = context
  const lease = { engine: engineId, leaseSeconds: settings.leaseSeconds }
  const leaseMs = settings.leaseSeconds * 1000
  const active = new Map<string, Active>()
  /** Runs that have ended, but not all of their work. */
  const trailing = new Map<string, Trailing>()
  const closing = new AbortController()

  function begin(run: Pick<Running, 'claim' | 'nextId' | 'request' | 'opening'>): void {
    const { claim } = run
    const controller = new AbortController()
    const settle = new Set<Promise<unknown>>()
    const running = { ...run, signal: controller.signal, closing: closing.signal, background: settle }
    const done = executeRun(context, running)
      .catch((error: unknown) => letGo(claim, error))
      .finally(() => {
        active.delete(claim.run_id)
        trail(claim, [...settle])
      })
    active.set(claim.run_id, { claim, controller, done, heldUntil: Date.now() + leaseMs })
  }

  /** Work that goes on after its run has ended; its faults are told, nobody else waits for it. */
  function trail(claim: Claim, works: readonly Promise<unknown>[]): void {
    const told = works.map((work) =>
      work.catch((error: unknown) => log.error({ err: error, run_id: claim.run_id }, 'Work behind a run failed')),
    )
    const done = Promise.all(told).then(() => {
      trailing.delete(claim.run_id)
    })
    trailing.set(claim.run_id, { claim, done })
  }

  async function letGo(claim: Running['claim'], error: unknown): Promise<void> {
    const reason = error instanceof RunInterrupted ? error.reason : 'lost-ownership'
    const told = { err: error, run_id: claim.run_id, conversation_id: claim.conversation_id }
    context.tail.letGo(tailKey(claim.run_id))
    if (reason === 'shutting-down')
      await releaseRun(db, claim).catch((fault: unknown) => log.error({ err: fault }, 'A run was not given back'))
    else log.warn(told, 'This engine no longer works on the run')
    if (reason === 'lost-ownership' && hasFailedToEnd(claim))
      await endAlone(claim).catch((fault: unknown) => log.error({ ...told, err: fault }, 'A run could not be ended'))
  }

  /** Not even its end can be written as usual: it is ended without its calls, so that nobody takes it up again. */
  async function endAlone(claim: Claim): Promise<void> {
    const runLog = openLog(context, { claim, nextId: await nextEventId(claim.run_id) })
    await endRunAlone({ context, claim, log: runLog }, GIVEN_UP).finally(() => runLog.close())
  }

  /** One that fails keeps none of the others from it. */
  async function eachByItself<Item>(items: readonly Item[], recover: (item: Item) => Promise<void>): Promise<void> {
    const recovered = items.map((item) =>
      recover(item).catch((error: unknown) => log.error({ err: error, of: item }, 'A run could not be recovered')),
    )
    await Promise.all(recovered)
  }

  /** Resumes the turn after a decision that no run has taken up. */
  async function wakeAgain({ conversation_id, user_id }: { conversation_id: string; user_id: string }): Promise<void> {
    const user = await context.readUser(db, user_id)
    if (user !== undefined) await wake({ conversationId: conversation_id, user: { ...user, address: '' } })
  }

  function interrupt(runId: string, reason: AbortReason): void {
    active.get(runId)?.controller.abort(reason)
  }

  async function takeOver(runId: string): Promise<void> {
    if (closing.signal.aborted || active.has(runId)) return
    const claim = await claimRun(db, runId, lease)
    if (claim === undefined) return
    log.info({ run_id: runId, epoch: claim.epoch }, 'A run was taken over')
    try {
      begin({ claim, nextId: await nextEventId(runId), request: await readRequest(db, claim.conversation_id) })
    } catch (error) {
      await letGo(claim, error)
    }
  }

  /** The writes of an ended run whose engine died while it waited for them. */
  async function settle(runId: string): Promise<void> {
    if (closing.signal.aborted || trailing.has(runId)) return
    const claim = await claimRun(db, runId, { ...lease, status: 'ended' })
    if (claim === undefined) return
    log.info({ run_id: runId, epoch: claim.epoch }, 'The writes of an ended run are looked into')
    const request = await readRequest(db, claim.conversation_id)
    const { signal } = new AbortController() // nobody stops a run that has ended
    const running = { claim, request, signal, closing: closing.signal, background: new Set([]) }
    const execution = await openExecution(context, { ...running, nextId: await nextEventId(runId) })
    trail(claim, [settleWrites(execution, { isGivenUp: isGivenUp(claim) }).finally(() => execution.log.close())])
  }

  async function renewAll(): Promise<void> {
    const claims = [...active.values(), ...trailing.values()].map(({ claim }) => claim)
    const heldUntil = Date.now() + leaseMs
    const held = await inTime(renewLeases(db, claims, lease), leaseMs).catch((error: unknown) => {
      // Whoever cannot hold its runs is not to tell of them either: another engine may have begun to.
      for (const [runId, run] of active) if (run.heldUntil <= Date.now()) interrupt(runId, 'lost-ownership')
      throw error
    })
    for (const { run_id } of claims) {
      const run = active.get(run_id)
      if (held.has(run_id)) {
        if (run !== undefined) run.heldUntil = heldUntil
      } else if ((await readRun(db, run_id))?.status === 'running') interrupt(run_id, 'lost-ownership')
    }
  }

  async function nextEventId(runId: string): Promise<number> {
    const recorded = await lastRecordedEventId(db, runId)
    // An unreachable tail is as good as a lost one: its readers get the record.
    const shown = await context.tail.takeOver(tailKey(runId)).catch(() => undefined)
    return shown === undefined ? recorded + LOST_TAIL_GAP : Math.max(recorded, shown) + 1
  }

  async function started(run: Promise<StartedRun>, request: string | Promise<string>): Promise<StartedRun> {
    const [begun, said] = await Promise.all([run, request])
    begin({ ...begun, request: said })
    return begun
  }

  async function wake(of: { conversationId: string; user: Caller }): Promise<string> {
    try {
      const { claim } = await started(startAfterDecision(context, of), readRequest(db, of.conversationId))
      return claim.run_id
    } catch (error) {
      if (!(error instanceof Refusal) || error.refusal !== 'runInProgress') throw error
      return String(error.fields.run_id)
    }
  }

  async function untilEnded(runId: string, limitMs: number): Promise<void> {
    const deadline = Date.now() + limitMs
    await Promise.race([active.get(runId)?.done ?? sleep(0), sleep(limitMs, undefined, { ref: false })])
    while (Date.now() < deadline) {
      const run = await readRun(db, runId)
      if (run === undefined || run.status === 'ended') return
      await sleep(WATCH_MS)
    }
  }

  /** No run and no work behind one, or the limit. */
  async function untilIdle(limitMs: number): Promise<void> {
    const limit = new AbortController()
    const late = sleep(limitMs, 'late', { signal: limit.signal }).catch(() => 'idle')
    const all = async () => {
      while (active.size + trailing.size > 0) {
        await Promise.all([...active.values(), ...trailing.values()].map(({ done }) => done))
      }
    }
    await Promise.race([all(), late])
    limit.abort()
  }

  async function untilNotStopping(conversationId: string): Promise<void> {
    const run = await readActiveRun(db, conversationId)
    if (run?.stop_requested_at) await untilEnded(run.id, STOPPING_MS)
  }

  async function stopRun(runId: string): Promise<void> {
    if (!(await requestStop(db, runId))) return
    interrupt(runId, 'stopped-by-person')
    await untilEnded(runId, STOP_WAIT_MS)
  }

  return {
    chat: async (of) => {
      if (closing.signal.aborted) throw new Refusal('notReady')
      const request = requestLine(of.content)
      try {
        return await started(startChat(context, of), request)
      } catch (error) {
        const isBusy = error instanceof Refusal && error.refusal === 'runInProgress'
        if (!isBusy || of.conversationId === undefined) throw error
        await untilNotStopping(of.conversationId)
        return await started(startChat(context, of), request)
      }
    },
    wake,
    undo: (of) => started(startUndo(context, of), readRequest(db, of.conversationId)),
    stop: async ({ conversationId, runId, userId }) => {
      const run = await readRun(db, runId)
      if (run === undefined || run.conversation_id !== conversationId) throw new Refusal('runNotFound')
      if (run.status === 'running') await stopRun(runId)
      // Also of a run that came to its question before it heard of the stop.
      const last = await readLastRun(db, conversationId)
      if (last?.id !== runId || last.end_status !== 'awaiting_approval') return
      const closed = await db.transaction(async (tx) =>
        closeCalls(tx, await readOpenCalls(tx, conversationId), { why: 'the run was stopped', userId }),
      )
      publishCancelled(context.feed, userId, closed)
    },
    stopConversation: async (conversationId) => {
      const run = await readActiveRun(db, conversationId)
      if (run !== undefined) await stopRun(run.id)
    },
    lost: (key) => interrupt(key.slice(tailKey('').length), 'lost-ownership'),
    work: async (signal) => {
      const over = new AbortController()
      const every = (ms: number, until: AbortSignal, work: () => Promise<void>) =>
        repeat({ ms, work, signal: until, log })
      // A closing engine holds its runs until they have ended their step.
      const holding = [
        every(Math.max(100, leaseMs / 3), over.signal, renewAll),
        every(STOP_LOOK_MS, over.signal, async () => {
          if (active.size === 0) return
          for (const runId of await readStopRequests(db, engineId)) interrupt(runId, 'stopped-by-person')
        }),
      ]
      await every(Math.min(1000, leaseMs / 3), signal, async () => {
        await eachByItself(await readAbandonedRuns(db), takeOver)
        await eachByItself(await readUnsettledRuns(db), settle)
        await eachByItself(await readStrandedDecisions(db, settings.leaseSeconds), wakeAgain)
      })
      closing.abort()
      await untilIdle(settings.closeSeconds * 1000)
      for (const runId of active.keys()) interrupt(runId, 'shutting-down')
      await untilIdle(INTERRUPTED_MS)
      over.abort()
      await Promise.all(holding)
    },
  }
}

type Repeated = { ms: number; work(): Promise<void>; signal: AbortSignal; log: RunContext['log'] }

/** A fault of one round is told, and the next round tries again. */
async function repeat({ ms, work, signal, log }: Repeated): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => log.error({ err: error }, 'A round of the runs worker failed'))
    await sleep(ms, undefined, { signal }).catch(() => {}) // the abort is seen above
  }
}
