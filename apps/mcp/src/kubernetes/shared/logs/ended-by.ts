/**
 * A stream whose end by `until` is no fault: it stops quietly, be it before its first piece. When the call itself is over
 * (`call`), that is a fault all the same.
 */
export async function* endedBy<T>(stream: AsyncIterable<T>, until: AbortSignal, call: AbortSignal): AsyncGenerator<T> {
  try {
    yield* stream
  } catch (fault) {
    if (!until.aborted || call.aborted) throw fault
  }
}
