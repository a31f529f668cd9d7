/** The run is no longer this engine's: stop writing. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}
