import { setTimeout as sleep } from 'node:timers/promises'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import type { Reply } from '@fairlead/testing/model/model-script'
import { failed } from '@fairlead/testing/tools/tool-script'
import { type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { only } from './flow.fixture.ts'
import type { Conversation, RunStream } from './person.fixture.ts'
import { loadsWriteTools, newCalls, openConversation, untilAborted, withQuestions } from './scenario.fixture.ts'

/** A run as its stream told it, and what the record said of its conversation meanwhile. */
type RecordedRun = {
  /** Absent where a decision or an undo began the run. */
  userMessage?: string
  events: RunEvent[]
  ids: number[]
  snapshots: Conversation[]
}
type RecordedScenario = { name: string; conversationId: string; runs: RecordedRun[]; last: Conversation }

const snapshotsPerRun = 5

/** Records runs of a real engine, for clients that are tested without one: `npm run generate -- recorded-runs`. */
export async function recordRuns(): Promise<RecordedScenario[]> {
  const engine = await startEngineUnderTest({ adapters: 'embedded' })
  try {
    const recorded: RecordedScenario[] = []
    for (const [name, play] of Object.entries(scenarios)) recorded.push(await record(engine, name, play))
    return recorded
  } finally {
    await engine.close()
  }
}

type Stage = ReturnType<typeof stageOf>
type Play = (stage: Stage) => Promise<void>

async function record(engine: EngineUnderTest, name: string, play: Play): Promise<RecordedScenario> {
  engine.tools.use((_, own) => own())
  const conversationId = await openConversation(engine)
  const stage = stageOf(engine, conversationId)
  await play(stage)
  await sleep(50)
  return { name, conversationId, runs: stage.runs, last: await engine.owner.conversation(conversationId) }
}

function stageOf(engine: EngineUnderTest, conversationId: string) {
  const { owner } = engine
  const runs: RecordedRun[] = []
  /** Follows a stream to its end, over a restart of the engine if there is one, and reads the record meanwhile. */
  async function follow(stream: RunStream, { userMessage, meanwhile }: Following = {}): Promise<RunEvent[]> {
    const { run_id } = await stream.until('ready')
    const snapshots: Conversation[] = []
    const over = new AbortController()
    const watching = watch(over.signal, snapshots)
    await meanwhile?.(stream)
    let events = await stream.all()
    while (!events.some(({ type }) => type === 'workflow_complete' || type === 'workflow_error')) {
      const rest = await owner.follow(run_id, events.at(-1)?.id)
      events = [...events, ...(await rest.all())]
    }
    over.abort()
    await watching
    const ownEvents = events.map(({ id: _, ...event }) => event as RunEvent)
    const ids = events.map(({ id }) => id ?? 0)
    runs.push({
      ...(userMessage !== undefined && { userMessage }),
      events: ownEvents,
      ids,
      snapshots: spread(snapshots),
    })
    return ownEvents
  }
  async function watch(signal: AbortSignal, snapshots: Conversation[]): Promise<void> {
    let last = ''
    while (!signal.aborted) {
      const read = await owner.conversation(conversationId).catch(() => undefined)
      const text = JSON.stringify(read)
      if (read !== undefined && text !== last) snapshots.push(read)
      last = text
      await sleep(15)
    }
  }
  return {
    ...newCalls(engine),
    engine,
    owner,
    runs,
    conversationId,
    ask: async (userMessage: string, replies: Reply[], meanwhile?: Following['meanwhile']) => {
      engine.model.use(replies)
      return await follow(await owner.chat(userMessage, conversationId), { userMessage, meanwhile })
    },
    follow,
  }
}

type Following = { userMessage?: string; meanwhile?: (stream: RunStream) => Promise<unknown> }

function spread(snapshots: readonly Conversation[]): Conversation[] {
  const step = Math.max(1, snapshots.length / snapshotsPerRun)
  return Array.from({ length: Math.min(snapshots.length, snapshotsPerRun) }, (_, index) =>
    snapshots.at(index * step),
  ).filter((it) => it !== undefined)
}

const slow = { piecesPerSecond: 60, pieceSize: 4 }
const approvalIn = (events: readonly RunEvent[]) => only(events, 'tool.awaiting_approval')

export const scenarios: Record<string, Play> = {
  'a plain answer': async ({ ask }) => {
    await ask('how are you', [{ reasoning: 'I look into myself.', text: 'Well, and at your service.', pace: slow }])
  },
  'reads, with thinking and words between': async ({ ask, read }) => {
    const first = {
      reasoning: 'Pods first.',
      text: 'I look at the pods.',
      toolCalls: [read('R1'), read('R2')],
      pace: slow,
    }
    await ask('look around', [first, { reasoning: 'All run.', text: 'All is well.', pace: slow }])
  },
  'thinking before and after a toolset': async ({ ask, read }) => {
    const loads = { ...loadsWriteTools, reasoning: 'I need more tools.', pace: slow }
    const thinks = { reasoning: 'Now I look.', toolCalls: [read('R1')], pace: slow }
    await ask('get ready', [loads, thinks, { text: 'Ready.', pace: slow }])
  },
  'led on after its answer': async ({ ask, read, engine, follow, owner, conversationId }) => {
    const turns = [
      { toolCalls: [read('R1')] },
      { text: 'Next I look further.', pace: slow },
      { text: 'Done.', pace: slow },
    ]
    engine.model.use(withQuestions(turns, { speakers: ['model', 'user'] }))
    await follow(await owner.chat('look on', conversationId), { userMessage: 'look on' })
    await ask('thanks', [{ text: 'Not at all.', pace: slow }])
  },
  'a read that fails, with live output': async ({ ask, read, id, engine }) => {
    engine.tools.use(async (call, own) => {
      if (call.callId !== id('R1')) return own()
      await call.progress('stdout', 'one\n')
      await call.progress('stderr', 'two\n')
      await sleep(60)
      return failed('NotFound', 'no such thing.')
    })
    await ask('which pods', [{ toolCalls: [read('R1')] }, { text: 'None.', pace: slow }])
  },
  'a write that is approved': async ({ ask, scale, follow, owner }) => {
    const approval = approvalIn(
      await ask('scale it', [
        { text: 'I scale.', toolCalls: [scale('W1')], pace: slow },
        { text: 'Done.', pace: slow },
      ]),
    )
    await follow(await owner.approve(approval))
  },
  'a write that is denied': async ({ ask, scale, follow, owner }) => {
    const approval = approvalIn(
      await ask('scale it', [{ toolCalls: [scale('W1')] }, { text: 'As you wish.', pace: slow }]),
    )
    await follow(await owner.deny(approval, 'not on a Friday'))
  },
  'reads and writes in one turn': async ({ ask, read, scale, follow, owner }) => {
    const calls = [read('R1'), scale('W1'), read('R2'), scale('W2')]
    const first = approvalIn(await ask('do it all', [{ toolCalls: calls }, { text: 'All done.', pace: slow }]))
    const second = approvalIn(await follow(await owner.approve(first)))
    await follow(await owner.deny(second))
  },
  'the later write decided first': async ({ ask, scale, follow, owner, id, conversationId }) => {
    const calls = [scale('W1'), scale('W2')]
    const first = approvalIn(await ask('both', [{ toolCalls: calls }, { text: 'All done.', pace: slow }]))
    await follow(await owner.approve({ call_id: id('W2'), conversation_id: conversationId }))
    await follow(await owner.approve(first))
  },
  'several decided at once': async ({ ask, scale, follow, owner, conversationId }) => {
    const calls = [scale('W1'), scale('W2'), scale('W3')]
    await ask('all three', [{ toolCalls: calls }, { text: 'Two of three.', pace: slow }])
    const items = (await owner.inbox()).filter((item) => item.conversation_id === conversationId)
    const feed = await owner.feed()
    await owner.decideAll(items, [true, false, true])
    const { run_id } = await feed.until('run.started')
    feed.close()
    await follow(await owner.follow(run_id))
  },
  'stale, and approved again': async ({ ask, scale, follow, owner, engine, workload }) => {
    const first = approvalIn(await ask('scale it', [{ toolCalls: [scale('W1')] }, { text: 'Done.', pace: slow }]))
    engine.tools.workloads.replicas.set(workload('W1'), 4)
    const again = approvalIn(await follow(await owner.approve(first)))
    await follow(await owner.approve(again))
  },
  'a preview that fails': async ({ ask, scale, workload, engine }) => {
    const call = scale('W1')
    engine.tools.workloads.replicas.delete(workload('W1'))
    await ask('scale it', [{ toolCalls: [call] }, { text: 'It is not there.', pace: slow }])
  },
  'a new message while a call waits': async ({ ask, scale }) => {
    await ask('scale it', [{ toolCalls: [scale('W1')] }])
    await ask('leave it', [{ text: 'I leave it.', pace: slow }])
  },
  'stopped while it speaks': async ({ ask, owner }) => {
    const talk = { reasoning: 'This is long.', text: { pieces: 400 }, pace: { piecesPerSecond: 100 } }
    await ask('talk', [talk], async (stream) => {
      const { run_id, conversation_id } = await stream.until('token')
      await sleep(200)
      await owner.stop({ run_id, conversation_id })
    })
    await ask('go on', [{ text: 'Where was I?', pace: slow }])
  },
  'stopped while it thinks': async ({ ask, owner }) => {
    const talk = { reasoning: 'This is long, and it goes on and on. '.repeat(20), text: 'No.', pace: slow }
    await ask('think', [talk], async (stream) => {
      const { run_id, conversation_id } = await stream.until('thinking')
      await sleep(200)
      await owner.stop({ run_id, conversation_id })
    })
  },
  'stopped while it reads': async ({ ask, read, scale, engine, id, owner }) => {
    engine.tools.use((call, own) => (call.callId === id('R1') ? untilAborted(call, own) : own()))
    await ask('look, then scale', [{ toolCalls: [read('R1'), scale('W1')] }], async (stream) => {
      const { run_id, conversation_id } = await stream.until('tool.executing')
      await engine.tools.untilCalled(id('R1'), 'read')
      await owner.stop({ run_id, conversation_id })
    })
  },
  'a busy model': async ({ ask }) => {
    const busy = (status: number): Reply => ({ fault: { kind: 'status', status, retryAfter: 0 } })
    await ask('hello', [busy(429), busy(503), { text: 'Here I am.', pace: slow }])
  },
  'a model that fails': async ({ ask }) => {
    await ask('hello', [{ fault: { kind: 'status', status: 401 } }])
    await ask('hello again', [{ text: 'Here I am.', pace: slow }])
  },
  'an answer that breaks off': async ({ ask }) => {
    await ask('hello', [{ text: { pieces: 60 }, pace: slow, fault: { kind: 'cut', how: 'end', afterPieces: 20 } }])
  },
  'an undo': async ({ ask, scale, follow, owner }) => {
    const replies = [{ toolCalls: [scale('W1')] }, { text: 'Done.', pace: slow }, { text: 'Taken back.', pace: slow }]
    const approval = approvalIn(await ask('scale it', replies))
    await follow(await owner.approve(approval))
    const undo = approvalIn(await follow(await owner.undo(approval)))
    await follow(await owner.approve(undo))
  },
  'an engine lost while it speaks': async ({ ask, engine }) => {
    const talk = { reasoning: 'I know.', text: { pieces: 10_000 }, pace: { piecesPerSecond: 100 } }
    await ask('how is it', [talk, { reasoning: 'Again.', text: 'In short: well.', pace: slow }], async (stream) => {
      await stream.until('token')
      await sleep(100)
      await engine.restart()
    })
  },
  'an engine lost during a write': async ({ ask, scale, id, engine, follow, owner }) => {
    const approval = approvalIn(await ask('scale it', [{ toolCalls: [scale('W1')] }, { text: 'Done.', pace: slow }]))
    engine.tools.use(async (call, own) => {
      const answer = own()
      return call.callId === id('W1') && call.phase === 'execute' ? await untilAborted(call, () => answer) : answer
    })
    await follow(await owner.approve(approval), {
      meanwhile: async (stream) => {
        await engine.tools.untilCalled(id('W1'), 'execute')
        await stream.until('tool.executing')
        await engine.restart()
      },
    })
  },
  'an outcome that is not known': async ({ ask, scale, id, engine, follow, owner, workload }) => {
    const approval = approvalIn(await ask('scale it', [{ toolCalls: [scale('W1')] }, { text: 'Look.', pace: slow }]))
    engine.tools.use((call, own) => {
      if (call.callId !== id('W1') || call.phase !== 'execute') return own()
      engine.tools.workloads.replicas.set(workload('W1'), 9)
      return untilAborted(call, () => ({ output: 'too late', error: true }))
    })
    await follow(await owner.approve(approval), {
      meanwhile: async (stream) => {
        await engine.tools.untilCalled(id('W1'), 'execute')
        await stream.until('tool.executing')
        await engine.restart()
      },
    })
  },
}
