const over = new DOMException('What was limited has ended', 'AbortError')

/**
 * A signal that fires with the first of `others`, with a TimeoutError after `ms`, and at the latest when it is disposed
 * of: whatever still hangs on it then, a read that nobody waits for any more, ends too. It leaves nothing with the
 * others, where `AbortSignal.any` would leave that to the collector of garbage, once more for every call on a signal that
 * lives as long as the process.
 */
export function timeLimit(ms: number, others: readonly AbortSignal[]): Disposable & { signal: AbortSignal } {
  const controller = new AbortController()
  const follow = ({ target }: Pick<Event, 'target'>) => controller.abort((target as AbortSignal).reason)
  const timer = setTimeout(() => controller.abort(new DOMException('The time limit is over', 'TimeoutError')), ms)
  for (const other of others) {
    if (other.aborted) follow({ target: other })
    else other.addEventListener('abort', follow, { once: true })
  }
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer)
      for (const other of others) other.removeEventListener('abort', follow)
      controller.abort(over)
    },
  }
}
