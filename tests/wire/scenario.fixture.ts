import { randomUUID } from 'node:crypto'
import type { Reply, ScriptedToolCall } from '@fairlead/testing/model-script'
import type { EngineUnderTest } from './engine.fixture.ts'

/** A model's turn that asks for the write tools. */
export const loadsWriteTools: Reply = {
  toolCalls: [{ name: 'load_toolset', args: { toolset: 'k8s', include_write_tools: true } }],
}

/** A conversation whose model is offered write tools and which has its title, so that a test sees its own flow alone. */
export async function openConversation(engine: EngineUnderTest): Promise<string> {
  engine.model.use([loadsWriteTools, { text: 'Ready.' }])
  const stream = await engine.owner.chat('get ready')
  const { conversation_id } = await stream.until('ready')
  await stream.all()
  return conversation_id
}

export type CallMaker = {
  /** A read under this label; its `call_id` begins with it. */
  read(label: string): ScriptedToolCall & { id: string }
  /** Scales a workload of its own, which has `from` replicas now. */
  scale(label: string, of?: { from?: number; to?: number }): ScriptedToolCall & { id: string }
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
