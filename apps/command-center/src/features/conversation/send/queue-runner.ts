import { hasWaitingCalls, isRunActive } from '@fairlead/client/conversation/selectors'
import type { LiveCore } from '../live-core.ts'
import type { LiveState, QueueState } from '../live-state.ts'
import { until } from '../until.ts'
import { edited, moved, removed } from './message-queue.ts'

export type QueueActions = {
  edit(id: string, text: string): void
  move(id: string, index: number): void
  remove(id: string): void
  /** Stops the active run, waits for its end, and sends it. */
  sendNow(id: string): void
  /** After an error: goes on with the next. */
  release(): void
}

type QueuePorts = {
  setQueue(queue: QueueState): void
  start(text: string, options: { isQueued: boolean }): Promise<void>
  stop(): void
}

/** Sends what is queued, one message after the other, and changes the queue as the person says. */
export function createQueueRunner(core: LiveCore, { setQueue, start, stop }: QueuePorts) {
  const { get } = core

  function pump(): void {
    const { queue } = get()
    const [next] = queue.items
    if (next === undefined || queue.isHeld || !isFree(get())) return
    setQueue(removed(queue, next.id))
    void start(next.text, { isQueued: true })
  }

  async function sendNow(id: string): Promise<void> {
    const item = get().queue.items.find((it) => it.id === id)
    if (item === undefined) return
    setQueue({ ...moved(get().queue, id, 0), isHeld: false })
    if (isRunActive(get().view) || get().sending !== undefined) {
      stop()
      await until(core, (state) => !isRunActive(state.view) && state.sending === undefined, core.times.sendNowMs)
    }
    const isStillThere = get().queue.items.some((it) => it.id === id)
    if (!isStillThere || isRunActive(get().view) || get().sending !== undefined) return
    setQueue(removed(get().queue, id))
    await start(item.text, { isQueued: true })
  }

  const queue: QueueActions = {
    edit: (id, text) => setQueue(edited(get().queue, id, text)),
    move: (id, index) => setQueue(moved(get().queue, id, index)),
    remove: (id) => setQueue(removed(get().queue, id)),
    sendNow: (id) => void sendNow(id),
    release: () => {
      setQueue({ ...get().queue, isHeld: false })
      pump()
    },
  }
  return { pump, queue }
}

/** Nothing runs, nothing is on its way, and no call waits for a person. */
function isFree({ view, sending, loading, connection, bulk, decisions }: LiveState): boolean {
  const isDeciding = bulk?.state === 'sending' || Object.values(decisions).some(({ state }) => state === 'sending')
  const isLoaded = loading.state === 'loaded' && connection !== 'elsewhere'
  return isLoaded && !isRunActive(view) && sending === undefined && !hasWaitingCalls(view) && !isDeciding
}
