import { randomUUID } from 'node:crypto'
import { realClock } from '@fairlead/client/time/clock'
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
