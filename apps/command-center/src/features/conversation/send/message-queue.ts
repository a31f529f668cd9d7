import type { KeyValue } from '../live-ports.ts'
import type { QueueItem, QueueState } from '../live-state.ts'

/** Texts that wait for their turn. Kept with the tab, so that a reload loses none. */
export function readQueue(storage: KeyValue, conversationId: string): QueueState {
  try {
    const kept: unknown = JSON.parse(storage.getItem(keyOf(conversationId)) ?? 'null')
    const { items, isHeld } = (kept ?? {}) as { items?: unknown; isHeld?: unknown }
    return { items: Array.isArray(items) ? items.filter(isItem) : [], isHeld: isHeld === true }
  } catch {
    return { items: [], isHeld: false }
  }
}

export function keepQueue(storage: KeyValue, conversationId: string, queue: QueueState): void {
  try {
    if (queue.items.length === 0) storage.removeItem(keyOf(conversationId))
    else storage.setItem(keyOf(conversationId), JSON.stringify(queue))
  } catch {
    // A browser that keeps nothing, or nothing more, keeps the queue as long as the page.
  }
}

export function queued(queue: QueueState, item: QueueItem): QueueState {
  return { ...queue, items: [...queue.items, item] }
}

export function edited(queue: QueueState, id: string, text: string): QueueState {
  const words = text.trim()
  if (words === '') return removed(queue, id)
  return { ...queue, items: queue.items.map((item) => (item.id === id ? { ...item, text: words } : item)) }
}

export function moved(queue: QueueState, id: string, index: number): QueueState {
  const item = queue.items.find((it) => it.id === id)
  if (item === undefined) return queue
  return { ...queue, items: queue.items.filter((it) => it.id !== id).toSpliced(index, 0, item) }
}

/** With nothing left there is nothing to hold. */
export function removed(queue: QueueState, id: string): QueueState {
  const items = queue.items.filter((item) => item.id !== id)
  return { items, isHeld: queue.isHeld && items.length > 0 }
}

function keyOf(conversationId: string): string {
  return `queue:${conversationId}`
}

function isItem(value: unknown): value is QueueItem {
  const { id, text } = (value ?? {}) as { id?: unknown; text?: unknown }
  return typeof id === 'string' && typeof text === 'string'
}
