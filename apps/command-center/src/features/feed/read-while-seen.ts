import type { PageLife } from '../../browser/page-life.ts'

/** Without locks between tabs, each reads while it is seen. */
export function readWhileSeen(
  page: PageLife,
  { signal, read }: { signal: AbortSignal; read(signal: AbortSignal): Promise<void> },
): void {
  let current: AbortController | undefined
  const start = () => {
    if (current !== undefined || signal.aborted || page.isHidden()) return
    current = new AbortController()
    void read(AbortSignal.any([signal, current.signal]))
  }
  const stop = () => {
    current?.abort()
    current = undefined
  }
  const unsubscribe = [page.onShown(start), page.onHidden(stop)]
  signal.addEventListener('abort', () => {
    for (const off of unsubscribe) off()
  })
  start()
}
