import type { CallView, RunView } from '@fairlead/client/conversation/conversation-view'
import { verdictTexts } from '@fairlead/client/conversation/outcome-words'
import type { Verdict } from '@fairlead/contract/effect/effect'

export type StepName = 'plan' | 'approve' | 'execute' | 'verify'

export type StripStep = {
  name: StepName
  /**
   * `active`: it is this step's turn. `done`: ended, and well. `neutral`: ended without anything to be glad or worried
   * about. `attention`: a person should look.
   */
  state: 'waiting' | 'active' | 'done' | 'neutral' | 'attention'
  /** What stands beside the step's name; the first letter is small. */
  text: string
  /** One more sentence, where there is one to say. */
  detail: string | undefined
  /** The first card that explains it. */
  callId: string | undefined
  /** What runs now began then; milliseconds since the epoch. */
  since: number | undefined
}

export type StripState = {
  steps: readonly [StripStep, StripStep, StripStep, StripStep]
  /** Name of the step whose turn it is. */
  current: StepName | undefined
  /** Every write was decided, ran, succeeded and is as approved. */
  isAllPositive: boolean
  /** Nobody has read the cluster back: "Ask to check" belongs beside it. */
  wantsCheck: boolean
}

export type StripInput = {
  /** The calls of one message, in its order. */
  calls: readonly CallView[]
  /** Of the message's last run; undefined when it is long over. */
  runState: RunView['state'] | undefined
}

/**
 * Plan, approve, execute, verify: of the calls of one message and the end of its run alone, so that it is the same
 * live, after a reload and in a replay. Undefined before any call was proposed. What tools are called, their arguments
 * and the model's words are never looked at.
 */
export function stripState({ calls, runState }: StripInput): StripState | undefined {
  if (calls.length === 0) return undefined
  const facts = factsOf(calls, runState)
  const verify = verifyStep(facts)
  const steps = [planStep(facts), approveStep(facts), executeStep(facts), verify.step] as const
  const { writes } = facts
  const isGood = (call: CallView) =>
    call.status === 'completed' && call.outcome !== 'failed' && call.verdict?.verdict === 'as_approved'
  return {
    steps,
    current: steps.find(({ state }) => state === 'active')?.name,
    isAllPositive: writes.length > 0 && writes.every(isGood),
    wantsCheck: verify.wantsCheck,
  }
}

type Facts = {
  calls: readonly CallView[]
  writes: readonly CallView[]
  reads: readonly CallView[]
  /** Nothing of it goes on, and nothing waits for a person. */
  isOver: boolean
}

function factsOf(calls: readonly CallView[], runState: StripInput['runState']): Facts {
  const isActive = runState === 'starting' || runState === 'running' || runState === 'waiting'
  return {
    calls,
    writes: calls.filter((call) => call.class === 'write'),
    reads: calls.filter((call) => call.class !== 'write'),
    isOver: !isActive && !calls.some(awaitsApproval),
  }
}

/** A stale one waits for approval again, though its new revision is still on its way. */
function awaitsApproval(call: CallView): boolean {
  return call.status === 'awaiting_approval' || isStale(call)
}

function isStale(call: CallView): boolean {
  const isUnended = call.status === 'approved' || call.status === 'executing'
  return isUnended && call.before !== undefined && call.before.revision >= (call.revision ?? 1)
}

function isUndecided(call: CallView): boolean {
  return call.status === 'pending' || awaitsApproval(call)
}

/** Decided against, or closed before it began. */
function isClosed({ status }: CallView): boolean {
  return status === 'denied' || status === 'expired' || status === 'cancelled'
}

function hasEnded({ status }: CallView): boolean {
  return status === 'completed' || status === 'error' || status === 'unknown'
}

function isRunning(call: CallView): boolean {
  return call.status === 'executing' && !isStale(call)
}

function planStep({ calls, writes, reads }: Facts): StripStep {
  const parts = [counted(writes.length, 'change'), counted(reads.length, 'read')].filter((part) => part !== '')
  return step('plan', 'done', parts.join(', '), calls[0])
}

function approveStep({ writes, isOver }: Facts): StripStep {
  if (writes.length === 0) return step('approve', 'neutral', 'not needed', undefined)
  const undecided = writes.filter(isUndecided)
  const decided = writes.length - undecided.length
  const awaiting = writes.filter(awaitsApproval)
  const [first] = awaiting
  if (first !== undefined) {
    const isAgain = awaiting.some((call) => (call.revision ?? 1) > 1 || isStale(call))
    const text = isAgain ? 'changed since, asked again' : votesText(first, { decided, of: writes.length })
    return step('approve', 'active', text, first)
  }
  if (undecided.length > 0 && !isOver) {
    return step(
      'approve',
      'waiting',
      decided === 0 ? 'waiting' : `${decided} of ${writes.length} decided`,
      undecided[0],
    )
  }
  if (undecided.length > 0) return step('approve', 'neutral', 'not decided', undecided[0])
  return decidedStep(writes)
}

function votesText(call: CallView, { decided, of }: { decided: number; of: number }): string {
  const approvers = call.required?.approvers ?? 1
  return approvers > 1 ? `${call.votes?.length ?? 0} of ${approvers} votes` : `${decided} of ${of} decided`
}

function decidedStep(writes: readonly CallView[]): StripStep {
  const closed = writes.filter(isClosed)
  const withoutApproval = writes.filter(
    (call) => call.status === 'error' && call.decided_by === undefined && !call.started_at,
  )
  if (withoutApproval.length === writes.length) return step('approve', 'neutral', 'nobody was asked', writes[0])
  const approved = writes.length - closed.length - withoutApproval.length
  const counts: [number, string][] = [
    [approved, 'approved'],
    [countOf(closed, 'denied'), 'denied'],
    [countOf(closed, 'expired'), 'expired'],
    [countOf(closed, 'cancelled'), 'cancelled'],
  ]
  const there = counts.filter(([count]) => count > 0)
  const text = writes.length === 1 ? (there[0]?.[1] ?? '') : there.map(([count, word]) => `${count} ${word}`).join(', ')
  return step('approve', closed.length === 0 ? 'done' : 'neutral', text, closed[0] ?? writes[0])
}

function executeStep({ calls, isOver }: Facts): StripStep {
  const due = calls.filter((call) => !isClosed(call))
  if (due.length === 0) return step('execute', 'neutral', 'nothing to run', calls[0])
  const ended = due.filter(hasEnded)
  const failed = due.filter(({ status }) => status === 'error')
  const running = due.find(isRunning)
  const unknown = due.find(({ status }) => status === 'unknown')
  if (running !== undefined) {
    const since = running.started_at === undefined ? undefined : Date.parse(running.started_at)
    return { ...step('execute', 'active', `${ended.length + 1} of ${due.length}`, running), since }
  }
  if (unknown !== undefined) return step('execute', 'attention', 'outcome unknown', unknown)
  if (ended.length < due.length) {
    const open = due.find((call) => !hasEnded(call))
    const rest = due.length - ended.length
    if (isOver) return step('execute', 'neutral', rest === due.length ? 'not run' : `${rest} not run`, open)
    return step('execute', 'waiting', ended.length === 0 ? 'waiting' : `${ended.length} of ${due.length}`, open)
  }
  if (failed.length > 0) return step('execute', 'attention', `${failed.length} failed`, failed[0])
  return step('execute', 'done', `${ended.length} of ${due.length} done`, ended[0])
}

type Verified = { step: StripStep; wantsCheck: boolean }

function verifyStep(facts: Facts): Verified {
  const { writes, isOver } = facts
  if (writes.length === 0) return plain(step('verify', 'neutral', 'not needed', undefined))
  const unknown = writes.find(({ status }) => status === 'unknown')
  if (unknown !== undefined) return plain(step('verify', 'attention', 'unknown', unknown))
  const written = writes.filter(hasWritten)
  const readable = written.filter((call) => !isBeyondReading(call))
  const unread = readable.filter(({ verdict }) => verdict === undefined)
  // What was sent before a stop still comes to an end.
  const isOpen = writes.some((call) => isRunning(call) || (!isOver && !hasEnded(call) && !isClosed(call)))
  if (unread.length > 0 && !isOver) return plain(step('verify', 'active', 'checking', unread[0]))
  if (isOpen) {
    const done = readable.length - unread.length
    return plain(step('verify', 'waiting', done === 0 ? 'waiting' : `${done} of ${writes.length} checked`, undefined))
  }
  if (written.length === 0) return plain(step('verify', 'neutral', 'nothing to verify', writes[0]))
  return verdictOf(facts, { written, readable, unread })
}

function verdictOf(
  facts: Facts,
  { written, readable, unread }: { written: CallView[]; readable: CallView[]; unread: CallView[] },
): Verified {
  const readsAfter = readsAfterLast(facts, written)
  const [open] = unread
  const worst = worstOf(readable)
  const beyond = written.find(isBeyondReading)
  const afterwards = readsAfter === 0 ? undefined : `and ${counted(readsAfter, 'read')} by the model afterwards`
  if (worst !== undefined && worst.verdict?.verdict !== 'as_approved') {
    const text = stepTexts[worst.verdict?.verdict ?? 'unreadable']
    return plain({ ...step('verify', 'attention', text, worst), detail: afterwards })
  }
  if (open !== undefined) {
    const hasNoOutcome = open.outcome === undefined
    const nobody = readsAfter === 0 ? 'Nobody read the cluster back.' : afterwards
    const detail = hasNoOutcome ? 'This server does not check.' : nobody
    return { step: { ...step('verify', 'attention', 'not verified', open), detail }, wantsCheck: true }
  }
  if (beyond !== undefined) {
    const detail = 'There is nothing to read back.'
    return { step: { ...step('verify', 'attention', 'cannot be verified', beyond), detail }, wantsCheck: true }
  }
  const alone = 'Checked by the engine; the model did not look further.'
  return plain({ ...step('verify', 'done', stepTexts.as_approved, worst), detail: afterwards ?? alone })
}

/** A step of the strip has room for few words. */
const stepTexts: Readonly<Record<Verdict, string>> = { ...verdictTexts, differs: 'differs' }
const worstFirst: readonly Verdict[] = ['differs', 'unreadable', 'not_yet', 'as_approved']

function worstOf(calls: readonly CallView[]): CallView | undefined {
  for (const verdict of worstFirst) {
    const found = calls.find((call) => call.verdict?.verdict === verdict)
    if (found !== undefined) return found
  }
  return undefined
}

/** At least one object was written: what failed whole leaves nothing to look at. */
function hasWritten({ status, objects }: CallView): boolean {
  if (status === 'completed') return true
  return status === 'error' && (objects?.some(({ outcome }) => outcome === 'succeeded') ?? false)
}

function isBeyondReading({ effect, verdict }: CallView): boolean {
  return verdict === undefined && (effect?.basis === 'external' || effect?.basis === 'unknown')
}

/** By class and order alone: what the model looked at after the last change. */
function readsAfterLast({ calls }: Facts, written: readonly CallView[]): number {
  const last = written.at(-1)
  const from = last === undefined ? -1 : calls.indexOf(last)
  return calls.slice(from + 1).filter((call) => call.class !== 'write' && call.status === 'completed').length
}

function plain(verified: StripStep): Verified {
  return { step: verified, wantsCheck: false }
}

function step(name: StepName, state: StripStep['state'], text: string, call: CallView | undefined): StripStep {
  return { name, state, text, detail: undefined, callId: call?.call_id, since: undefined }
}

function countOf(calls: readonly CallView[], status: CallView['status']): number {
  return calls.filter((call) => call.status === status).length
}

function counted(count: number, word: string): string {
  if (count === 0) return ''
  return count === 1 ? `1 ${word}` : `${count} ${word}s`
}
