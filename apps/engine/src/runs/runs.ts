import { Refusal } from '@fairlead/contract/errors'
import type { RunUser } from '../calls/run-user.ts'
import { readRequest, requestLine } from '../event-log/record/read-request.ts'
import { createTextRecorder } from '../event-log/record-text.ts'
import { tailKey } from '../event-log/run-log.ts'
import { createAbandonRun } from './abandon-run.ts'
import { ActiveRuns } from './active-runs.ts'
import { createClosing } from './close-run.ts'
import { createRunExecution } from './execute-run.ts'
import { openRun } from './open-run.ts'
import { createRecovery } from './recover-runs.ts'
import type { RunParts } from './run-parts.ts'
import { heldAmong } from './run-rows.ts'
import { runWork } from './run-work.ts'
import { startChat } from './start-chat.ts'
import { type StartedRun, type StartRun, startAfterDecision, startRun } from './start-run.ts'
import { startUndo } from './start-undo.ts'
import { createStopRuns, type StopRuns } from './stop-runs.ts'

type Caller = RunUser & { address: string }

export type Runs = Pick<StopRuns, 'stop' | 'stopConversation'> & {
  /** Starts a run for a user's message; its events can be followed at once. Throws `Refusal`. */
  chat(of: { conversationId: string | undefined; user: Caller; content: string }): Promise<StartedRun>
  /** Resumes the turn after a decision, in a run of its own or in the one that is active. Returns that run's id. */
  wake(of: { conversationId: string; user: Caller }): Promise<string>
  undo(of: Parameters<typeof startUndo>[1]): Promise<StartedRun>
  /** Another engine writes the run's tail: work on it ends. */
  lost(key: string): void
  /** Leases, take-overs and stop requests, until the abort; then lets go of every run. */
  work(signal: AbortSignal): Promise<void>
}

/** The composition of an engine's runs: what it starts, what it takes over from engines that died, what a person stops. */
export function createRuns(ports: Omit<RunParts, 'recordText'>): Runs {
  const recordText = createTextRecorder({ db: ports.db, heldAmong })
  const parts: RunParts = { ...ports, recordText }
  const { db, tail, feed, now, log, settings } = parts
  const lease = { engine: parts.engineId, leaseSeconds: settings.leaseSeconds }
  const closing = new AbortController()
  const closingOf = createClosing({ now, feed, tail })
  const abandonRun = createAbandonRun({ db, tail, recordText, now, closingOf, log })
  const executeRun = createRunExecution(parts, closingOf, closing.signal)
  const active = new ActiveRuns({ executeRun, abandonRun, leaseMs: settings.leaseSeconds * 1000, log })
  const { stop, stopConversation, untilNotStopping } = createStopRuns({ db, active, feed })
  const start: StartRun = (of) => startRun({ db, tail, feed, lease, now }, of)
  const { chat, wake, undo } = createStarts({ parts, active, start, closing: closing.signal, untilNotStopping })
  const { recover } = createRecovery({
    db,
    tail,
    active,
    lease,
    openRun: (running) => openRun(parts, running),
    abandonRun,
    wake: async ({ conversation_id, user_id }) => {
      const user = await parts.readUser(db, user_id)
      if (user !== undefined) await wake({ conversationId: conversation_id, user: { ...user, address: '' } })
    },
    log,
  })
  const { closeSeconds } = settings
  return {
    chat,
    wake,
    undo,
    stop,
    stopConversation,
    lost: (key) => active.interrupt(key.slice(tailKey('').length), 'lost-ownership'),
    work: (signal) => runWork({ db, active, recover, lease, closeSeconds, closing, log }, signal),
  }
}

type Starts = {
  parts: Pick<RunParts, 'db' | 'feed' | 'settings'>
  active: Pick<ActiveRuns, 'begin'>
  start: StartRun
  /** Aborted when the engine closes: it takes no further message. */
  closing: AbortSignal
  untilNotStopping: StopRuns['untilNotStopping']
}

/** The ways in which a person starts a run that this engine then works on. */
function createStarts({
  parts,
  active,
  start,
  closing,
  untilNotStopping,
}: Starts): Pick<Runs, 'chat' | 'wake' | 'undo'> {
  const { db, feed, settings } = parts
  const begin = async (run: Promise<StartedRun>, request: string | Promise<string>): Promise<StartedRun> => {
    const [started, line] = await Promise.all([run, request])
    active.begin({ ...started, request: line })
    return started
  }
  const chatPorts = { db, feed, startRun: start, contextMessages: settings.contextMessages }
  return {
    chat: async (of) => {
      if (closing.aborted) throw new Refusal('notReady')
      const request = requestLine(of.content)
      try {
        return await begin(startChat(chatPorts, of), request)
      } catch (error) {
        const isBusy = error instanceof Refusal && error.refusal === 'runInProgress'
        if (!isBusy || of.conversationId === undefined) throw error
        await untilNotStopping(of.conversationId)
        return await begin(startChat(chatPorts, of), request)
      }
    },
    wake: async (of) => {
      try {
        const { claim } = await begin(startAfterDecision(start, of), readRequest(db, of.conversationId))
        return claim.run_id
      } catch (error) {
        if (!(error instanceof Refusal) || error.refusal !== 'runInProgress') throw error
        return String(error.fields.run_id)
      }
    },
    undo: (of) => begin(startUndo(start, of), readRequest(db, of.conversationId)),
  }
}
