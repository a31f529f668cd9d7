import { setTimeout as sleep } from 'node:timers/promises'
import { RunInterrupted } from '@fairlead/agent/abort'
import type { Opening as AgentOpening, AgentPorts } from '@fairlead/agent/ports'
import { newPosition, type Position } from '@fairlead/agent/position'
import { LeaseLost } from '../calls/lease-lost.ts'
import { readPendingCalls } from '../calls/read-pending-calls.ts'
import { auditIds } from '../calls/run-record.ts'
import type { Db } from '../db/database.ts'
import { type ClosingOf, closeRun } from './close-run.ts'
import { createCommitPartial, createCommitTurn } from './commit-turn.ts'
import { makeTitle } from './make-title.ts'
import { createOpen } from './open-loop.ts'
import { type OpenRun, openRun, type Running } from './open-run.ts'
import type { RunParts } from './run-parts.ts'
import { type Claim, isGivenUp, readRun } from './run-rows.ts'
import type { Opening } from './start-run.ts'
import { createTurnInputs } from './turn-inputs.ts'

/** Why a run is ended with which three engines have died. */
export const GIVEN_UP =
  'Three engines that worked on this run ended or lost it, so the run was ended. Their logs may say why.'

/**
 * Works on a run that this engine holds, to its end. Rejects with `RunInterrupted` when it must let go of it silently;
 * every other fault ends the run with words, if they can be recorded.
 */
export type ExecuteRun = (running: Running) => Promise<void>

/** @param closing aborted when the engine closes: a run ends the step that it is in, and leaves the next one to others */
export function createRunExecution(parts: RunParts, closingOf: ClosingOf, closing: AbortSignal): ExecuteRun {
  return async (running) => {
    const { claim, opening, signal, background } = running
    const log = parts.log.child(auditIds(claim))
    const run = await openRun(parts, running)
    const firstText = Promise.withResolvers<void>()
    const isLast = isGivenUp(claim)
    const title = titleOf(parts, {
      ...running,
      commit: (change) => run.log.commit(change),
      firstText: firstText.promise,
    })
    const position = claim.position ?? newPosition({ ...claim, start_time: claim.started_at.getTime() })
    const close = (at: Position) => closeRun(run.log, closingOf(claim, at), messageOf(claim, run))
    const fail = (sentence: string) => failRun({ db: parts.db, claim, calls: run.calls, close }, position, sentence)
    try {
      if (isLast) {
        log.error('A run is ended: three engines died while they worked on it')
        await fail(GIVEN_UP)
      } else {
        const ports: AgentPorts = {
          ...portsOf(parts, running, { run, closingOf, onFirstText: firstText.resolve }),
          close,
        }
        await parts.agent.run(position, stepwise(ports, closing), signal, quietOpening(opening))
      }
    } catch (error) {
      if (error instanceof RunInterrupted) throw error
      if (error instanceof LeaseLost) throw new RunInterrupted('lost-ownership', { cause: error })
      log.error({ err: error }, 'A run failed')
      await fail('The run failed for an internal reason; the log has more.')
    } finally {
      firstText.resolve()
      // A title may come after the run has ended; clients wait a short time for it.
      background.add(title.finally(() => run.log.close()))
    }
  }
}

type Titling = Pick<Running, 'claim' | 'opening'> & { commit: OpenRun['log']['commit']; firstText: Promise<void> }

/** The title of a new conversation, made beside its run. Never rejects. */
async function titleOf(
  { db, model, feed, log }: Pick<RunParts, 'db' | 'model' | 'feed' | 'log'>,
  { claim, opening, commit, firstText }: Titling,
): Promise<void> {
  if (claim.cause.kind !== 'chat' || opening?.isTitled === true) return
  // A model may be what the engines died of: for a run that is only ended, nothing more is asked of it.
  const askModel: typeof model.ask | undefined = isGivenUp(claim) ? undefined : (...query) => model.ask(...query)
  const untitled = { isUntitled: opening?.isTitled === false, conversation: opening?.conversation }
  await makeTitle({ db, commit, askModel, feed }, { run: claim, firstText, ...untitled }).catch((error: unknown) =>
    log.warn({ err: error, run_id: claim.run_id }, 'A conversation got no title'),
  )
}

/** A message in a conversation in which nothing waits: the loop need not read the record again. */
function quietOpening(opening: Opening | undefined): AgentOpening | undefined {
  if (!opening?.isQuiet) return undefined
  const { toolsets } = opening
  return { pending: [], loaded_toolsets: toolsets, counters: undefined, stopped: false, without_model: false }
}

function messageOf({ conversation_id, run_id }: Claim, { writing }: OpenRun) {
  return { place: writing.place, conversationId: conversation_id, runId: run_id }
}

type Failing = { db: Db; claim: Claim; calls: OpenRun['calls']; close(position: Position): Promise<boolean> }

/** Ends the run with words. A record that takes none leaves the run to the engine that claims it next. */
async function failRun({ db, claim, calls, close }: Failing, position: Position, sentence: string): Promise<void> {
  const failed: Position = { ...position, error: sentence, awaiting_approval: false }
  try {
    const run = await readRun(db, claim.run_id)
    // A fault behind the end of the run takes nothing back: what waits goes on waiting.
    if (run?.status === 'ended') return
    const open = await readPendingCalls(db, claim.conversation_id)
    // A write that is under way is settled by the work that waits for it; nobody waits for a read any more.
    const lost = open.filter((call) => call.class === 'read' && call.status === 'executing')
    const end = { outcome: 'failed', error: 'The run failed before the answer came.' } as const
    for (const call of lost) await calls.endCall({ call, position: failed, end })
    const ids = open.map(({ call_id }) => call_id)
    await calls.gatePorts.cancelCalls(ids, 'the run failed', failed)
    await close(failed)
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

type Composed = { run: OpenRun; closingOf: ClosingOf; onFirstText(): void }

/** The composition of the loop's ports for one run. */
function portsOf(
  parts: RunParts,
  { claim, opening, signal }: Running,
  { run, closingOf, onFirstText }: Composed,
): Omit<AgentPorts, 'close'> {
  const { db, model, settings, now, tools, readUser, clusterFacts } = parts
  const { log: runLog, writing, person } = run
  const { commitStep } = run.record
  return {
    model,
    settings,
    now,
    sleep: async (ms, until) => {
      await sleep(ms, undefined, { signal: until }).catch((error: unknown) => {
        if (!until.aborted) throw error
      })
    },
    open: createOpen(db, claim, runLog),
    ...createTurnInputs(
      {
        db,
        conversation: { id: claim.conversation_id, maxMessages: settings.contextMessages },
        person,
        readPerson: () => readUser(db, claim.user_id),
        listTools: () => tools.list(signal),
        clusterFacts,
        log: parts.log.child(auditIds(claim)),
      },
      opening,
    ),
    tell: (event) => {
      runLog.tell(event)
      if (event.type === 'token') onFirstText()
    },
    commitTurn: createCommitTurn({
      db,
      commitStep,
      runLog,
      run: claim,
      model,
      writing,
      closingAt: (position) => closingOf(claim, position),
    }),
    commitPartial: createCommitPartial({ commitStep, runLog, run: claim, writing }),
    ...run.calls.gatePorts,
  }
}
