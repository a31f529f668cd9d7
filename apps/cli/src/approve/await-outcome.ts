import { setTimeout as sleep } from 'node:timers/promises'
import { unknownOutcome } from '@fairlead/client/conversation/outcome-words'
import type { ToolExecution } from '@fairlead/contract/call/timeline'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { verdictLines } from '../call/verdict-lines.ts'
import { type WaitingCall, waitingFromItem } from '../call/waiting-call.ts'
import type { Session } from '../session/open-session.ts'
import { type ExitCode, exitCodes } from '../terminal/exit-codes.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import type { Terminal } from '../terminal/terminal.ts'

const PAUSE_MS = 1000
const underWay: readonly ApprovalItem['status'][] = ['pending', 'approved', 'executing']

/**
 * Follows an approved call to its end. Resolves to the exit code, or to the call itself when its effect had changed
 * and it is asked again.
 */
export async function awaitOutcome(
  session: Session,
  terminal: Terminal,
  { callId, revision }: Pick<WaitingCall, 'callId' | 'revision'>,
): Promise<ExitCode | WaitingCall> {
  const { note, colours } = terminal
  const item = await readUntil(session, callId, (read) => !underWay.includes(read.status))
  const summary = neutraliseLine(item.effect?.summary ?? item.title)
  switch (item.status) {
    case 'awaiting_approval':
      if (item.revision === revision) return exitCodes.waiting
      note(colours.ask('Changed since you approved it. Nothing was written; it is asked again.'))
      return waitingFromItem(item)
    case 'completed':
      note(`Done: ${summary}`)
      await tellVerdict(session, terminal, item)
      return exitCodes.done
    case 'unknown':
      note(colours.strong(`${unknownOutcome.title}: ${summary}`))
      note(unknownOutcome.sentence)
      return exitCodes.failed
    default:
      note(`${colours.loss(`Not done (${item.status})`)}: ${summary}`)
      return exitCodes.failed
  }
}

/** What became of the verdict stands in the conversation, which is its owner's alone. */
async function tellVerdict(session: Session, { note, colours }: Terminal, item: ApprovalItem): Promise<void> {
  if (item.requester.id !== session.user.id || item.effect === null) return
  if (item.effect.basis !== 'server' && item.effect.basis !== 'computed') return
  for (;;) {
    const { call, isRunning } = await readCall(session, item)
    if (call?.verdict) return note(verdictLines(call.verdict, colours).join('\n'))
    if (!isRunning) return
    await sleep(PAUSE_MS)
  }
}

async function readCall({ api }: Session, { conversation_id: id, call_id }: ApprovalItem) {
  const { messages, active_run_id } = await patiently(() =>
    api.call('GET /conversations/:id', { params: { id }, query: { limit: 10 } }),
  )
  const calls = (messages ?? []).flatMap((message) => (message.type === 'assistant' ? message.segments : []))
  const call = calls
    .map((segment): ToolExecution | undefined => (segment.kind === 'tool' ? segment.toolExecution : undefined))
    .find((it) => it?.call_id === call_id)
  return { call, isRunning: active_run_id !== null }
}

async function readUntil({ api }: Session, callId: string, willDo: (item: ApprovalItem) => boolean) {
  for (;;) {
    const item = await patiently(() => api.call('GET /approvals/:call_id', { params: { call_id: callId } }))
    if (willDo(item)) return item
    await sleep(PAUSE_MS)
  }
}

/** Whoever asks once a second may be told to wait. */
async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 429) throw error
    await sleep((error.retryAfter ?? 5) * 1000)
    return await ask()
  }
}
