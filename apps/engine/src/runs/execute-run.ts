import { setTimeout as sleep } from 'node:timers/promises'
import { RunInterrupted } from '@fairlead/agent/abort'
import type { Opening as AgentOpening, AgentPorts } from '@fairlead/agent/ports'
import { newPosition, type Position } from '@fairlead/agent/position'
import { whyLooksOnly } from '../auth/why-looks-only.ts'
import { calledByOthers, readUnverified } from '../calls/attempt/attempts.ts'
import { endCall } from '../calls/end-call.ts'
import { auditIds, type Execution } from '../calls/execution.ts'
import { gatePorts } from '../calls/gate-ports.ts'
import { LeaseLost } from '../calls/lease-lost.ts'
import { readPendingCalls } from '../calls/read-pending-calls.ts'
import type { RunContext, RunUser } from '../calls/run-context.ts'
import { readConversation } from '../conversations/conversation-rows.ts'
import { readEntries } from '../event-log/record/read-entries.ts'
import { findPlace, newMessagePlace } from '../event-log/record/write-messages.ts'
import { deleteRunText, RunLog } from '../event-log/run-log.ts'
import { closeRun } from './close-run.ts'
import { makeTitle } from './make-title.ts'
import { type Claim, holdRun, isGivenUp, readRun } from './run-rows.ts'
import type { Opening } from './start-run.ts'
import { commitPartial, commitTurn } from './turn-ports.ts'

/** Why a run is ended with which three engines have died. */
export const GIVEN_UP =
  'Three engines that worked on this run ended or lost it, so the run was ended. Their logs may say why.'

export type Running = {
  claim: Claim & { takeovers?: number }
  /** The id that the run's next event gets. */
  nextId: number
  request: string
  opening?: Opening
  signal: AbortSignal
  /** Aborted when the engine closes: the run ends the step that it is in, and leaves the next one to others. */
  closing: AbortSignal
  background: Set<Promise<unknown>>
}

/** The one writer of a run that this engine holds; to be closed. */
export function openLog({ db, tail, now }: RunContext, { claim, nextId }: Pick<Running, 'claim' | 'nextId'>): RunLog {
  const { run_id, conversation_id } = claim
  return new RunLog({ run_id, conversation_id, db, tail, nextId, fence: (tx) => holdRun(tx, claim), now })
}

/** What everything that is done for a run needs; `log` is to be closed. */
export async function openExecution(context: RunContext, running: Running): Promise<Execution> {
  const { claim } = running
  const log = openLog(context, running)
  const [user, place] = running.opening
    ? [running.opening.user, newMessagePlace]
    : await Promise.all([context.readUser(context.db, claim.user_id), findPlace(context.db, claim.conversation_id)])
  if (user === undefined) throw new Error(`Run ${claim.run_id} belongs to nobody`)
  return {
    ...running,
    context,
    log,
    user,
    place,
    hold: (tx, position) => holdRun(tx, claim, position),
    isDeleted: async () => (await readRun(context.db, claim.run_id)) === undefined,
  }
}

/**
 * Works on a run that this engine holds, to its end. Rejects with `RunInterrupted` when it must let go of it silently;
 * every other fault ends the run with words, if they can be recorded.
 */
export async function executeRun(context: RunContext, running: Running): Promise<void> {
  const { claim, signal } = running
  const execution = await openExecution(context, running)
  const { log } = execution
  const firstText = Promise.withResolvers<void>()
  const isLast = isGivenUp(claim)
  const mayNeedTitle = claim.cause.kind === 'chat' && running.opening?.isTitled !== true
  const isUntitled = running.opening?.isTitled === false
  // A model may be what the engines died of: of a run that only ends it is asked nothing more.
  const known = { isUntitled, conversation: running.opening?.conversation, isModelAsked: !isLast }
  const title = mayNeedTitle ? makeTitle(execution, { firstText: firstText.promise, ...known }) : Promise.resolve()
  const position = claim.position ?? newPosition({ ...claim, start_time: claim.started_at.getTime() })
  try {
    if (isLast) {
      context.log.error(auditIds(execution), 'A run is ended: three engines died while they worked on it')
      await failRun(execution, position, GIVEN_UP)
    } else {
      await context.agent.run(
        position,
        stepwise(
          agentPorts(execution, { claim, opening: running.opening, onFirstText: firstText.resolve }),
          running.closing,
        ),
        signal,
        running.opening?.isQuiet ? quietly(running.opening) : undefined,
      )
    }
  } catch (error) {
    if (error instanceof RunInterrupted) throw error
    if (error instanceof LeaseLost) throw new RunInterrupted('lost-ownership', { cause: error })
    context.log.error({ err: error, run_id: claim.run_id, conversation_id: claim.conversation_id }, 'A run failed')
    await failRun(execution, position, 'The run failed for an internal reason; the log has more.')
  } finally {
    firstText.resolve()
    // A title may come after the run has ended; clients wait a moment for it.
    running.background.add(title.finally(() => log.close()))
  }
}

/** A message in a conversation in which nothing waits. */
function quietly({ toolsets }: Opening): AgentOpening {
  return { pending: [], loaded_toolsets: toolsets, counters: undefined, stopped: false, without_model: false }
}

/** Ends the run with words. A record that takes none leaves the run to the engine that claims it next. */
async function failRun(execution: Execution, position: Position, sentence: string): Promise<void> {
  const { claim, context } = execution
  const failed: Position = { ...position, error: sentence, awaiting_approval: false }
  try {
    const run = await readRun(context.db, claim.run_id)
    // What fails behind its end takes nothing back: what waits goes on waiting.
    if (run?.status === 'ended') return
    const open = await readPendingCalls(context.db, claim.conversation_id)
    // A write that is under way is settled by who waits for it; nobody waits for a read any more.
    const lost = open.filter((call) => call.class === 'read' && call.status === 'executing')
    const end = { outcome: 'failed', error: 'The run failed before the answer came.' } as const
    for (const call of lost) await endCall(execution, { call, position: failed, end })
    const ids = open.map(({ call_id }) => call_id)
    await gatePorts(execution).cancelCalls(ids, 'the run failed', failed)
    await closeRun(execution, failed)
  } catch (error) {
    throw new RunInterrupted('lost-ownership', { cause: error })
  }
}

/** Each model turn begins with the catalogue, each call with its facts: there a closing engine lets go of the run. */
function stepwise(ports: AgentPorts, closing: AbortSignal): AgentPorts {
  const beginStep = () => {
    if (closing.aborted) throw new RunInterrupted('shutting-down')
  }
  return {
    ...ports,
    catalogue: async () => {
      beginStep()
      return await ports.catalogue()
    },
    callFacts: async (callIds, position) => {
      beginStep()
      return await ports.callFacts(callIds, position)
    },
  }
}

function agentPorts(
  execution: Execution,
  { claim, opening, onFirstText }: { claim: Claim; opening: Opening | undefined; onFirstText: () => void },
): AgentPorts {
  const { context, log } = execution
  const { db, settings } = context
  let justSeen = opening?.user
  /** The look of this turn: the graph asks for the requester before it asks for the facts of their clusters. */
  let seeing: Promise<RunUser | undefined> | undefined
  let justSaid = opening?.conversation
  return {
    model: context.model,
    settings,
    now: context.now,
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
    },
    open: async () => {
      if (claim.epoch > 1) {
        // What a generation had shown before the take-over is void: it is made again.
        await log.commit({ facts: (tx) => deleteRunText(tx, claim.run_id) })
      }
      const [open, conversation] = await Promise.all([
        readPendingCalls(db, claim.conversation_id),
        readConversation(db, claim.conversation_id),
      ])
      if (conversation === undefined) throw new Error(`Conversation ${claim.conversation_id} is gone`)
      const ids = open.map(({ call_id }) => call_id)
      const elsewhere = await calledByOthers(db, ids, claim.run_id)
      const unverified = claim.epoch > 1 ? await readUnverified(db, claim.run_id) : []
      return {
        pending: [...unverified.map(({ call_id }) => call_id), ...ids.filter((id) => !elsewhere.has(id))],
        loaded_toolsets: conversation.toolsets,
        counters: claim.position ?? undefined,
        stopped: claim.stop_requested,
        without_model: claim.cause.kind === 'undo',
      }
    },
    requester: async () => {
      seeing = justSeen ? Promise.resolve(justSeen) : context.readUser(db, claim.user_id)
      justSeen = undefined
      const user = await seeing
      // What was taken away since the last turn is in no call of this one.
      if (user !== undefined) execution.user = user
      return { viewOnly: user === undefined || whyLooksOnly(user) !== undefined }
    },
    conversation: async () => {
      const known = justSaid
      justSaid = undefined
      return known ?? (await readEntries(db, claim.conversation_id, settings.contextMessages))
    },
    catalogue: async () => {
      try {
        return await context.tools.list(execution.signal)
      } catch (error) {
        // A server that does not answer costs its tools, not the run.
        context.log.warn({ err: error, run_id: claim.run_id }, 'The tool server did not list its tools')
        return []
      }
    },
    clusterFacts: async () => context.clusterFacts((await seeing) ?? execution.user),
    tell: (event) => {
      log.tell(event)
      if (event.type === 'token') onFirstText()
    },
    commitTurn: commitTurn(execution),
    commitPartial: commitPartial(execution),
    ...gatePorts(execution),
    close: (position) => closeRun(execution, position),
  }
}
