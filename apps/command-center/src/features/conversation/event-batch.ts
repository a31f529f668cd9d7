/** Runs something before the next picture is drawn, or soon where none is. */
export type Schedule = (run: () => void) => void

export type Batch<Item> = {
  push(item: Item): void
  /** What has been pushed is handed on now. */
  flush(): void
}

/** Collects what comes and hands it on once a frame: text may come hundreds of times a second. */
export function createBatch<Item>(schedule: Schedule, handOn: (items: readonly Item[]) => void): Batch<Item> {
  let waiting: Item[] = []
  let isScheduled = false
  const flush = () => {
    isScheduled = false
    const items = waiting
    waiting = []
    if (items.length > 0) handOn(items)
  }
  return {
    push: (item) => {
      waiting.push(item)
      if (isScheduled) return
      isScheduled = true
      schedule(flush)
    },
    flush,
  }
}
