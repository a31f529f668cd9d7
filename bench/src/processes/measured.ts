/** What a measured process says of itself: CPU since its start in µs, memory in bytes after a full collection. */
export type Usage = { cpuMicros: number; residentBytes: number }

export type Told = { ready: string } | { usage: Usage }

/** To be called by a measured process: tells where it listens, then answers each message with its usage. */
export function answerUsage(url: string): void {
  // Nothing that was measured outlives the bench.
  process.once('disconnect', () => process.exit(1))
  tell({ ready: url })
  process.on('message', (question: 'cpu' | 'memory') => {
    if (question === 'memory') globalThis.gc?.()
    const { user, system } = process.cpuUsage()
    tell({ usage: { cpuMicros: user + system, residentBytes: process.memoryUsage.rss() } })
  })
}

function tell(told: Told): void {
  process.send?.(told)
}
