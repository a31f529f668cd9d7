/** What a measured process says of itself: CPU since its start in µs; memory in bytes, once all garbage is given back. */
export type Usage = { cpuMicros: number; residentBytes: number }

export type Told = { ready: string } | { usage: Usage }

/** To be called by a measured process: tells where it listens, then answers each message with its usage. */
export function answerUsage(url: string): void {
  // Nothing that was measured outlives the bench.
  process.once('disconnect', () => process.exit(1))
  tell({ ready: url })
  process.on('message', (question: 'cpu' | 'memory') => {
    // A plain collection keeps up to 100 MB of empty pages for what comes next, or gives them back, as it happens.
    if (question === 'memory') globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    const { user, system } = process.cpuUsage()
    tell({ usage: { cpuMicros: user + system, residentBytes: process.memoryUsage.rss() } })
  })
}

function tell(told: Told): void {
  process.send?.(told)
}
