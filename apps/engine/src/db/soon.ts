/** When all that this moment asks has been asked, an early commit included, which waits a tick for its statements. */
export function soon(work: () => void): void {
  process.nextTick(() => queueMicrotask(() => process.nextTick(work)))
}
