const waiting: (() => void)[] = []

/**
 * Resolves in a turn of the event loop that no other waiter has. Sockets are served in between, so a request that has
 * just come goes on to the API server before the answers to earlier ones, which take longer, are worked on.
 */
export function ownTurn(): Promise<void> {
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
