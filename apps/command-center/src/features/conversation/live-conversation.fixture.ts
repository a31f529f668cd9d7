import { randomUUID } from 'node:crypto'
import { realClock } from '../../clock.ts'
import { createLiveConversation, type LiveConversation } from './live-conversation.ts'
import { createLiveOutput } from './live-output.ts'
import type { KeyValue, LivePorts } from './live-ports.ts'
import { startWireServer, type WireServer } from './wire-server.fixture.ts'

export const patience = { timeout: 10_000, interval: 5 }

export type TestPage = LivePorts['page'] & { hide(): void; show(): void; goOnline(): void }

export function testPage(): TestPage {
  const listeners = { hidden: new Set<() => void>(), shown: new Set<() => void>(), online: new Set<() => void>() }
  let isHidden = false
  const on = (kind: keyof typeof listeners) => (listener: () => void) => {
    listeners[kind].add(listener)
    return () => void listeners[kind].delete(listener)
  }
  const tell = (kind: keyof typeof listeners) => {
    for (const listener of listeners[kind]) listener()
  }
  return {
    isHidden: () => isHidden,
    onHidden: on('hidden'),
    onShown: on('shown'),
    onOnline: on('online'),
    hide: () => {
      isHidden = true
      tell('hidden')
    },
    show: () => {
      isHidden = false
      tell('shown')
    },
    goOnline: () => tell('online'),
  }
}

export function testStorage(): KeyValue & { kept: Map<string, string> } {
  const kept = new Map<string, string>()
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
}

export type Scene = {
  server: WireServer
  live: LiveConversation
  page: TestPage
  storage: ReturnType<typeof testStorage>
  output: LivePorts['output']
  titles: string[]
  /** Another tab, or the same one after a reload. */
  another(more?: Partial<LivePorts>): LiveConversation
}

/** A live conversation before a server that speaks the wire; tries come quickly. */
export async function aScene(
  onFinished: (clean: () => Promise<void>) => void,
  ports: Partial<LivePorts> = {},
): Promise<Scene> {
  const id = randomUUID()
  const server = await startWireServer(id)
  const [page, storage, output, titles] = [testPage(), testStorage(), createLiveOutput(), [] as string[]]
  const opened: LiveConversation[] = []
  const another = (more: Partial<LivePorts> = {}) => {
    const live = createLiveConversation(id, {
      api: server.api,
      clock: { ...realClock, after: (ms, run) => realClock.after(ms > 20_000 ? ms : ms / 50, run) },
      page,
      storage,
      output,
      schedule: (run) => void setTimeout(run, 4),
      me: () => 'me@example.com',
      onTitle: (_, title) => titles.push(title),
      ...ports,
      ...more,
    })
    opened.push(live)
    return live
  }
  onFinished(async () => {
    for (const live of opened) live.close()
    await server.close()
  })
  return { server, live: another(), page, storage, output, titles, another }
}

/** Opens it, and waits until it is read. */
export async function opened(live: LiveConversation): Promise<() => void> {
  const leave = live.open()
  const isRead = () => live.store.getState().loading.state === 'loaded'
  await new Promise<void>((resolve) => {
    if (isRead()) resolve()
    live.store.subscribe(() => isRead() && resolve())
  })
  return leave
}

export const ready = { type: 'ready' }
export const generation = { type: 'generation.start', model: 'a/model', tools_available: 3 }
export const token = (text: string) => ({ type: 'token', text, tokens_generated: 1 })
export const spoken = (content: string) => ({
  type: 'generation.complete',
  content,
  tokens_generated: 1,
  tool_calls: 0,
})
export const end = (status: 'completed' | 'stopped' | 'awaiting_approval' = 'completed') => [
  { type: 'completed', status: status === 'stopped' ? 'stopped' : 'completed', duration: 1, duration_ms: 1000 },
  { type: 'workflow_complete', status, result: { done: true } },
]
export const failure = (error: string) => [
  { type: 'workflow.error', error },
  { type: 'completed', status: 'error', duration: 1, duration_ms: 1000 },
  { type: 'workflow_error', error, status: 'error' },
]
export const proposed = (...ids: string[]) => ({
  type: 'tools.pending',
  tools: ids.map((call_id) => ({
    call_id,
    tool: 'k8s_scale',
    title: 'Scale',
    args: { replicas: 5 },
    requires_approval: true,
    timestamp: 1,
    class: 'write',
    args_digest: 'a'.repeat(64),
    annotations: {},
  })),
})
export const effectOf = (summary: string) => ({
  summary,
  risk: 'low',
  reasons: [],
  basis: 'server',
  objects: [],
  generated: [],
  pins: {},
})
export const waiting = (call_id: string, revision = 1) => ({
  type: 'tool.awaiting_approval',
  call_id,
  tool: 'k8s_scale',
  title: 'Scale',
  args: { replicas: 5 },
  args_digest: 'a'.repeat(64),
  effect_digest: String(revision).repeat(64),
  effect: effectOf(`scale, revision ${revision}`),
  revision,
  expires_at: null,
  required: { approvers: 1, not_requester: false, reason: false, passkey: false },
  votes: [],
  policies: [],
})
export const ofCall = (type: string, call_id: string, more: Record<string, unknown> = {}) => ({
  type,
  call_id,
  tool: 'k8s_scale',
  title: 'Scale',
  args: { replicas: 5 },
  ...more,
})
