/** What a measured process says of itself: CPU since its start in µs; memory in bytes, once all garbage is given back. */
export type Usage = { cpuMicros: number; residentBytes: number }

/** What a measured process sends. */
export type MeasuredMessage = { ready: string } | { usage: Usage }
/** What it is sent. */
export type UsageRequest = 'cpu' | 'memory'

/** To be called by a measured process: sends the address where it listens, then answers each request with its usage. */
export function answerUsage(url: string): void {
  // Nothing that was measured outlives the bench.
  process.once('disconnect', () => process.exit(1))
  send({ ready: url })
  process.on('message', (request: UsageRequest) => {
    // A plain collection keeps up to 100 MB of empty pages for what comes next, or gives them back, as it happens.
    if (request === 'memory') globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    const { user, system } = process.cpuUsage()
    send({ usage: { cpuMicros: user + system, residentBytes: process.memoryUsage.rss() } })
  })
}

function send(message: MeasuredMessage): void {
  process.send?.(message)
}
