import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Effect } from '@fairlead/contract/effect/effect'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { eq } from 'drizzle-orm'
import { users } from '../auth/user.table.ts'
import { conversations } from '../conversations/conversation.table.ts'
import type { Db } from '../db/database.ts'
import { runs } from '../runs/run.table.ts'
import { insertCalls, type NewCallRow } from './record/calls.ts'
import { messages } from './record/message.table.ts'
import { toolCalls } from './record/tool-call.table.ts'
import { findPlace, insertSegments, insertTurn, insertUserMessage, type NewSegment } from './record/write-messages.ts'
import { createTextRecorder, type ShownText } from './record-text.ts'
import { deleteRunText, RunLog } from './run-log.ts'
import type { RunIds } from './tail/encode-event.ts'
import type { LiveTail } from './tail/live-tail.ts'

/** One generation of a scripted run. */
export type ScriptedGeneration = {
  /** Pieces in the order in which they come; `wait` lets what was told so far reach the record. */
  pieces: readonly ({ kind: 'text' | 'thinking'; text: string } | { kind: 'wait' } | { kind: 'title'; text: string })[]
  /** Taken over before its end: made void. */
  isVoid: boolean
  /** Number of read calls that it makes. */
  calls: number
}

export const anEffect = (summary: string): Effect => ({
  summary,
  risk: 'low',
  reasons: [],
  basis: 'server',
  objects: [],
  generated: [],
  pins: {},
})

export async function aConversation(db: Db): Promise<string> {
  const [id, userId] = [randomUUID(), randomUUID()]
  await db.insert(users).values({ id: userId, email: `${userId}@example.com` })
  await db.insert(conversations).values({ id, user_id: userId })
  await db
    .insert(messages)
    .values({ id: randomUUID(), conversation_id: id, role: 'system', content: 'Hello.', sequence: 1 })
  return id
}

export type TestRun = { ids: RunIds; log: RunLog; end(how?: 'completed' | 'stopped' | 'error'): Promise<void> }

/** A chat's run with its message, and the log that writes it. */
export async function aRun(
  db: Db,
  {
    tail,
    conversationId,
    content = 'Why?',
    flushAfterMs = 1,
  }: { tail: LiveTail; conversationId: string; content?: string; flushAfterMs?: number },
): Promise<TestRun> {
  const ids: RunIds = { run_id: randomUUID(), conversation_id: conversationId }
  const [owner] = await db.select().from(conversations).where(eq(conversations.id, conversationId))
  await db.transaction(async (tx) => {
    const cause = { kind: 'chat' } as const
    const started_at = new Date()
    await tx
      .insert(runs)
      .values({ id: ids.run_id, conversation_id: conversationId, user_id: owner?.user_id ?? '', cause, started_at })
    await insertUserMessage(tx, ids, content)
  })
  const toRecord = createTextRecorder({ db, heldAmong: async (_, runs) => runs })
  const recordText = (shown: ShownText) => toRecord({ run_id: ids.run_id, epoch: 0 }, shown)
  const log = new RunLog({
    ...ids,
    db,
    tail,
    nextId: 1,
    fence: async () => {},
    recordText,
    now: Date.now,
    flushAfterMs,
  })
  await log.commit({ events: [{ type: 'ready' }] })
  return {
    ids,
    log,
    end: async (how = 'completed') => {
      const error = how === 'error' ? 'The model failed.' : null
      await log.commit({
        facts: async (tx) => {
          const end = { status: 'ended', end_status: how, ended_at: new Date(), error } as const
          await tx.update(runs).set(end).where(eq(runs.id, ids.run_id))
        },
        events: [
          { type: 'completed', status: how, duration: 0.001, duration_ms: 1 },
          error === null
            ? { type: 'workflow_complete', status: how === 'stopped' ? 'stopped' : 'completed', result: { done: true } }
            : { type: 'workflow_error', error, status: 'error' },
        ],
      })
      log.close()
    },
  }
}

/** Speaks a generation as the loop does: pieces, then turn, segments, calls and their ends. */
export async function speak({ ids, log }: TestRun, generation: ScriptedGeneration): Promise<void> {
  log.tell({ type: 'generation.start', model: 'test/model', tools_available: 3 })
  let tokens = 0
  for (const piece of generation.pieces) {
    if (piece.kind === 'wait') await sleep(4)
    else if (piece.kind === 'title')
      await log.commit({ events: [{ type: 'conversation.title.generated', title: piece.text }] })
    else if (piece.kind === 'thinking') log.tell({ type: 'thinking', text: piece.text })
    else log.tell({ type: 'token', text: piece.text, tokens_generated: ++tokens })
  }
  if (generation.isVoid) {
    await log.commit({ facts: (tx) => deleteRunText(tx, ids.run_id) })
    return log.clearText()
  }
  await endGeneration({ ids, log }, generation, tokens)
}

async function endGeneration(
  { ids, log }: Pick<TestRun, 'ids' | 'log'>,
  { pieces, calls }: ScriptedGeneration,
  tokens: number,
): Promise<void> {
  const said = (kind: 'text' | 'thinking') => pieces.map((piece) => (piece.kind === kind ? piece.text : '')).join('')
  const [content, thought] = [said('text'), said('thinking')]
  const turnId = randomUUID()
  const rows = Array.from({ length: calls }, (_, ordinal) => aCall(ids, { turn_id: turnId, ordinal }))
  const segments = (): NewSegment[] => {
    const { lastEventIds } = log
    const spoken: NewSegment[] = []
    if (thought !== '')
      spoken.push({ kind: 'thinking', text: thought, duration_ms: 5, event_id: lastEventIds.thinking })
    if (content !== '') spoken.push({ kind: 'text', text: content, event_id: lastEventIds.text })
    return [...spoken, ...rows.map(({ call_id }): NewSegment => ({ kind: 'tool', call_id }))]
  }
  const usage = { prompt_tokens: 10, completion_tokens: tokens, total_tokens: 10 + tokens, cached_tokens: null }
  const thoughts: RunEventBody[] =
    thought === '' ? [] : [{ type: 'thinking.complete', content: thought, duration_ms: 5 }]
  const complete: RunEventBody = {
    type: 'generation.complete',
    content,
    tokens_generated: tokens,
    tool_calls: calls,
    ...(thought !== '' && { thinking_content: thought }),
  }
  await log.commit({
    facts: async (tx) => {
      const place = await findPlace(tx, ids.conversation_id)
      const of = { conversationId: ids.conversation_id, runId: ids.run_id, segments: segments() }
      const { messageId } = await insertSegments(tx, place, of)
      await insertTurn(tx, {
        ...ids,
        id: turnId,
        message_id: messageId,
        provider: 'test',
        model: 'test/model',
        content,
        reasoning: thought,
        body: { said: content },
        nudge: undefined,
        usage,
        cost: 0.25,
        ttft_ms: 7,
      })
      await insertCalls(
        tx,
        rows.map((row) => ({ ...row, message_id: messageId })),
      )
      await deleteRunText(tx, ids.run_id)
    },
    events: [{ type: 'token.usage', source: 'main', model: 'test/model', ...usage }, ...thoughts, complete],
  })
  log.clearText()
  for (const row of rows) await runCall(log, row)
}

async function runCall(log: RunLog, { call_id, tool, title, args }: NewCallRow): Promise<void> {
  const named = { call_id, tool, title }
  await log.commit({ events: [{ type: 'tool.executing', ...named, args }] })
  log.tell({ type: 'tool.progress', call_id, seq: 1, stream: 'stdout', text: 'working' })
  const result = [{ type: 'text', text: `result of ${call_id}` }]
  await log.commit({
    facts: async (tx) => {
      const end = {
        status: 'completed',
        outcome: 'succeeded',
        result,
        tool_message: 'done',
        ended_at: new Date(),
      } as const
      await tx.update(toolCalls).set(end).where(eq(toolCalls.call_id, call_id))
    },
    events: [{ type: 'tool.result', ...named, result, outcome: 'succeeded' }],
  })
}

export function aCall(ids: RunIds, of: Partial<NewCallRow> = {}): NewCallRow {
  const call_id = of.call_id ?? `call_${randomUUID().replaceAll('-', '')}`
  return {
    call_id,
    ...ids,
    ordinal: 0,
    provider_id: call_id,
    server: 'fairlead',
    tool: 'k8s_get',
    title: 'Get',
    class: 'read',
    args: { name: call_id },
    args_digest: '0'.repeat(64),
    created_at: new Date(),
    ...of,
  }
}
