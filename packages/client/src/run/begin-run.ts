import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import { readRunEvent } from './read-run-event.ts'

/** `events` begins with the frames that were read to find the run. */
export type BegunRun = { runId: string; events: AsyncIterable<ServerEvent> }

/** Reads an answer up to the first event that names its run; undefined when it ends before. */
export async function beginRun(
  events: AsyncGenerator<ServerEvent, void>,
  stream: { conversationId?: string } = {},
): Promise<BegunRun | undefined> {
  for (;;) {
    const next = await events.next()
    if (next.done) return undefined
    const read = readRunEvent(next.value, stream)
    if (typeof read === 'string') continue
    return { runId: read.event.run_id, events: withFirst(next.value, events) }
  }
}

async function* withFirst(first: ServerEvent, events: AsyncGenerator<ServerEvent, void>) {
  yield first
  yield* events
}
