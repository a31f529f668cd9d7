import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import { plainReply, type Reply, type Script, type ScriptedToolCall } from '@fairlead/testing/model/model-script'
import type { SeenToolCall } from '@fairlead/testing/tools/tool-script'
import type { EngineUnderTest } from './engine.fixture.ts'
import { labelOf } from './flow.fixture.ts'

/** How long what will happen may take on a busy machine. */
export const patience = { timeout: 20_000 }

/** A model's turn that asks for the write tools. */
export const loadsWriteTools: Reply = {
  toolCalls: [{ name: 'load_toolset', args: { toolset: 'k8s', include_write_tools: true } }],
}

/** Streamed requests get the turns in their order; side questions a title, and who speaks next as long as it is said. */
export function withQuestions(
  turns: readonly Reply[],
  { title, speakers = [] }: { title?: string; speakers?: readonly ('model' | 'user')[] },
): Script {
  const [replies, answers] = [[...turns], [...speakers]]
  return ({ isStreamed, raw }) => {
    if (isStreamed) return replies.shift() ?? { fault: { kind: 'status', status: 400, message: 'no reply left' } }
    if (JSON.stringify(raw).includes('Who should speak next?')) {
      const next_speaker = answers.shift() ?? 'user'
      return { text: JSON.stringify({ reasoning: 'as scripted', next_speaker }) }
    }
    return title === undefined ? plainReply : { text: JSON.stringify({ title }) }
  }
}

/** Answers only once the caller has gone, which nobody hears any more. */
export async function untilAborted({ signal }: SeenToolCall, own: () => ToolAnswer): Promise<ToolAnswer> {
  if (!signal.aborted) await once(signal, 'abort')
  return own()
}

/** A conversation whose model is offered write tools and which has its title, so that a test sees its own flow alone. */
export async function openConversation(engine: EngineUnderTest): Promise<string> {
  engine.model.use([loadsWriteTools, { text: 'Ready.' }])
  const stream = await engine.owner.chat('get ready')
  const { conversation_id } = await stream.until('ready')
  await stream.all()
  return conversation_id
}

/**
 * Statuses of a conversation's calls in the order of its timeline, as `R1 completed, W1 denied`. Throws when a call is
 * left hanging although no run is active.
 */
export async function statusesOf(engine: EngineUnderTest, conversationId: string): Promise<string> {
  const [{ active_run_id }, calls] = await Promise.all([
    engine.owner.conversation(conversationId),
    engine.owner.calls(conversationId),
  ])
  const statuses = calls.map(({ call_id, status }) => `${labelOf(call_id)} ${status}`).join(', ')
  if (active_run_id === null) {
    calls.forEach(({ status }, index) => {
      const waits = calls.slice(0, index).some((before) => before.status === 'awaiting_approval')
      const isBehind = (status === 'pending' || status === 'approved') && waits
      if (['pending', 'approved', 'executing'].includes(status) && !isBehind)
        throw new Error(`left hanging: ${statuses}`)
    })
  }
  return statuses
}

export type MadeCall = Omit<ScriptedToolCall, 'args'> & { id: string; args: Record<string, unknown> }

export type CallMaker = {
  /** A read under this label; its `call_id` begins with it. */
  read(label: string): MadeCall
  /** Scales a workload of its own, which has `from` replicas now. */
  scale(label: string, of?: { from?: number; to?: number }): MadeCall
  /** `namespace/name` of the workload that the label's call scales. */
  workload(label: string): string
  /** The call's id on the wire. */
  id(label: string): string
}

/** Calls with ids and workloads that no other test of the engine uses. */
export function newCalls(engine: EngineUnderTest): CallMaker {
  const mark = randomUUID().slice(0, 8)
  const id = (label: string) => `${label}-${mark}`
  const name = (label: string) => `${label.toLowerCase()}-${mark}`
  const workload = (label: string) => `shop/${name(label)}`
  return {
    id,
    workload,
    read: (label) => ({ id: id(label), name: 'k8s_get', args: { resource_type: 'pods', namespace: name(label) } }),
    scale: (label, { from = 3, to = 5 } = {}) => {
      engine.tools.workloads.replicas.set(workload(label), from)
      return {
        id: id(label),
        name: 'k8s_scale',
        args: { name: name(label), resource_type: 'deployment', replicas: to, namespace: 'shop' },
      }
    },
  }
}
