import { randomUUID } from 'node:crypto'
import { approvals } from '@fairlead/engine/approvals/approval.table'
import type { Db } from '@fairlead/engine/db/database'
import { failed, type ToolScript } from '@fairlead/testing/tools/tool-script'
import { eq } from 'drizzle-orm'
import type { EngineUnderTest } from './engine.fixture.ts'
import { only, readRun } from './flow.fixture.ts'
import type { AwaitingCall } from './person.fixture.ts'
import { loadsWriteTools, newCalls, untilAborted } from './scenario.fixture.ts'

/** What a call may have become; the last one's conversation is gone. */
export const callStates = [
  'waiting',
  'pending',
  'approved',
  'executing',
  'completed',
  'failed',
  'denied',
  'expired',
  'cancelled',
  'stale',
  'unknown',
  'read',
  'deleted',
] as const
export type CallState = (typeof callStates)[number]

export const runStates = ['running', 'ended', 'waiting', 'stopped', 'failed', 'deleted'] as const
export type RunState = (typeof runStates)[number]

export const conversationStates = ['empty', 'running', 'ended', 'waiting', 'deleted'] as const
export type ConversationState = (typeof conversationStates)[number]

/** What the digest of a body is to the conversation that it is asked of. */
export const blobStates = [
  'own',
  "another's",
  "another's, named in an argument",
  "another's, told by a tool",
  'unknown',
] as const
export type BlobState = (typeof blobStates)[number]

/** An object of the owner, with the ids by which it is asked for. */
export type Thing = {
  conversation: string
  run: string
  call: string
  args_digest: string
  sha256: string
}

export type Things = {
  call: Record<CallState, Thing>
  run: Record<RunState, Thing>
  conversation: Record<ConversationState, Thing>
  blob: Record<BlobState, Thing>
}

export const nothing: Thing = {
  conversation: randomUUID(),
  run: randomUUID(),
  call: `never-${randomUUID()}`,
  args_digest: 'a'.repeat(64),
  sha256: 'a'.repeat(64),
}

type Ids = Partial<Pick<AwaitingCall, 'conversation_id' | 'call_id' | 'args_digest'> & { run_id: string }>
type Made = { things: Things; release(): void }

/** Things of the engine's owner in every state that they can be in, made once. `db` is the engine's own database. */
export async function makeThings(engine: EngineUnderTest, db: Db): Promise<Made> {
  const { owner, model, tools } = engine
  const calls = newCalls(engine)
  const held = Promise.withResolvers<void>()
  const bodies = new Map<string, string>()
  const script: ToolScript = async (call, own) => {
    if (call.callId === calls.id('stopped')) return await untilAborted(call, own)
    const body = bodies.get(call.callId)
    if (body !== undefined) return { output: body, error: false }
    if (call.callId === calls.id('executing') && call.phase === 'execute') await held.promise
    if (call.callId === calls.id('failed') && call.phase === 'execute')
      return failed('Forbidden', 'no.', { outcome: 'failed' })
    if (call.callId !== calls.id('unknown') || call.phase === 'preview') return own()
    return failed('Unknown', 'who knows.', { outcome: 'unknown' })
  }
  tools.use(script)

  const thing = (of: Ids): Thing => ({
    ...nothing,
    ...(of.conversation_id !== undefined && { conversation: of.conversation_id }),
    ...(of.run_id !== undefined && { run: of.run_id }),
    ...(of.call_id !== undefined && { call: of.call_id }),
    ...(of.args_digest !== undefined && { args_digest: of.args_digest }),
  })
  const propose = async (label: string) => {
    model.use([loadsWriteTools, { toolCalls: [calls.scale(label)] }])
    return only(await readRun(await owner.chat(`scale ${label}`)), 'tool.awaiting_approval')
  }
  const say = async (text: string, conversation?: string) => {
    model.use([{ text }])
    return only(await readRun(await owner.chat(text, conversation)), 'workflow_complete')
  }
  const decided = async (label: string, approve: boolean) => {
    const approval = await propose(label)
    model.use([{ text: 'So be it.' }])
    await readRun(await (approve ? owner.approve(approval) : owner.deny(approval)))
    return approval
  }
  /** A read whose answer is so large that it is kept as a body. */
  const keep = async (label: string, args: Record<string, unknown> = {}, body = '') => {
    const { id, name, args: own } = calls.read(label)
    bodies.set(id, body)
    model.use([{ toolCalls: [{ id, name, args: { ...own, ...args } }] }, { text: 'Read.' }])
    const { conversation_id, run_id } = only(await readRun(await owner.chat(`read ${label}`)), 'ready')
    const [kept] = await owner.calls(conversation_id)
    const sha256 = kept?.result?.[0]?.blob?.sha256 ?? ''
    return { ...thing({ conversation_id, run_id, call_id: id }), sha256 }
  }

  const waiting = await propose('waiting')
  const completed = await decided('completed', true)
  const failure = await decided('failed', true)
  const denied = await decided('denied', false)
  const unknown = await decided('unknown', true)
  const cancelled = await propose('cancelled')
  await say('Something else.', cancelled.conversation_id)
  const deleted = await decided('deleted', true)
  await owner.request('DELETE', `/conversations/${deleted.conversation_id}`)

  const expired = await propose('expired')
  await db
    .update(approvals)
    .set({ expires_at: new Date(0) })
    .where(eq(approvals.call_id, expired.call_id))
  await owner.decide(expired, true)

  const stale = await propose('stale')
  tools.workloads.replicas.set(calls.workload('stale'), 4)
  await readRun(await owner.approve(stale))

  model.use([loadsWriteTools, { toolCalls: ['first', 'approved', 'pending'].map((label) => calls.scale(label)) }])
  const first = only(await readRun(await owner.chat('scale all three')), 'tool.awaiting_approval')
  const behind = async (label: string) => await owner.approval(calls.id(label))
  const approved = await behind('approved')
  await owner.decide(approved, true)

  const executing = await propose('executing')
  const running = await (await owner.approve(executing)).until('tool.executing')

  const ended = await say('Hello.')
  const empty = (await owner.request('POST', '/conversations', {})).body as { id: string }
  const read = await keep('R1')
  const large = (mark: string) => `${mark}${randomUUID()}\n`.repeat(10_000)
  const own = await keep('R2', {}, large('own'))
  const others = await keep('R3', {}, large('others'))
  const named = await keep('R4', { label_selector: `digest=${others.sha256.slice(0, 63)},x=${others.sha256}` })
  const mention = await keep('R5', {}, `blob ${others.sha256}`)

  model.use([{ fault: { kind: 'status', status: 400, message: 'no' } }])
  const broken = only(await readRun(await owner.chat('fail')), 'workflow_error')
  model.use([{ toolCalls: [calls.read('stopped')] }])
  const stopped = await (await owner.chat('read for ever')).until('tool.executing')
  await owner.stop(stopped)
  const waits = await propose('waits')

  const things: Things = {
    call: {
      waiting: thing(waiting),
      pending: thing({ ...first, ...(await behind('pending')) }),
      approved: thing({ ...first, ...approved }),
      executing: thing({ ...executing, run_id: running.run_id }),
      completed: thing(completed),
      failed: thing(failure),
      denied: thing(denied),
      expired: thing(expired),
      cancelled: thing(cancelled),
      stale: thing(stale),
      unknown: thing(unknown),
      read,
      deleted: thing(deleted),
    },
    run: {
      running: thing({ ...executing, run_id: running.run_id }),
      ended: thing(ended),
      waiting: thing(waits),
      stopped: thing(stopped),
      failed: thing(broken),
      deleted: thing(deleted),
    },
    conversation: {
      empty: thing({ conversation_id: empty.id }),
      running: thing({ ...executing, run_id: running.run_id }),
      ended: thing(ended),
      waiting: thing(waits),
      deleted: thing(deleted),
    },
    blob: {
      own,
      "another's": { ...own, sha256: others.sha256 },
      "another's, named in an argument": { ...named, sha256: others.sha256 },
      "another's, told by a tool": { ...mention, sha256: others.sha256 },
      unknown: { ...own, sha256: nothing.sha256 },
    },
  }
  return { things, release: () => held.resolve() }
}
