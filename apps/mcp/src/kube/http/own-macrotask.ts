const waiting: (() => void)[] = []

/**
 * Resolves in a turn of the event loop (a macrotask) of its own: one waiter a turn. Sockets are served in between, so a
 * new request reaches the API server before the answers to earlier ones are worked on, which takes longer.
 */
export function ownMacrotask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    if (waiting.length === 1) setImmediate(next)
  })
}

function next(): void {
  const resolve = waiting.shift()
  if (waiting.length > 0) setImmediate(next)
  resolve?.()
}
