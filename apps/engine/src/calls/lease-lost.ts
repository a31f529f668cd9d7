/** The run is no longer this engine's: stop writing. */
export class LeaseLost extends Error {
  constructor(runId: string) {
    super(`Run ${runId} is held by another engine`)
    this.name = 'LeaseLost'
  }
}
