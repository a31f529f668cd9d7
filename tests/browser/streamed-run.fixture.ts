import { byteByByte, type FramedEvent, type Framing, framesOf } from './frames.fixture.ts'

/** Events in their order, by name. */
export type StreamedEvents = readonly (readonly [event: string, data: Record<string, unknown>])[]

/** Events of one run, numbered, with the ids that each of them carries. */
export function eventsOf(
  { run_id, conversation_id }: { run_id: string; conversation_id: string },
  events: StreamedEvents,
  before = 0,
): FramedEvent[] {
  return events.map(([event, data], index) => ({
    event,
    id: before + index + 1,
    data: { run_id, conversation_id, timestamp: Date.now(), ...data },
  }))
}

/** A call as events name it. */
export function callOf(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { call_id: 'call_1', tool: 'k8s_logs', title: 'Read logs', args: { pod_name: 'web-1' }, ...more }
}

/** As much of an effect as a decision is bound to. */
export function effectOf(summary: string, digest = 'e'): Record<string, unknown> {
  return {
    args_digest: 'a'.repeat(64),
    effect_digest: digest.repeat(64),
    effect: {
      ...{ summary, risk: 'low', reasons: [], basis: 'server', generated: [], pins: {} },
      objects: [
        { cluster: 'other', apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', action: 'update', changes: [] },
      ],
    },
  }
}

export const ended: StreamedEvents = [['completed', { status: 'completed', duration: 1, duration_ms: 1000 }]]

/** A run that is told while it is looked at. */
export type StreamedRun = {
  /** Bytes of its stream, for whoever asks; ends with `end`. */
  stream(conversation_id: string): AsyncGenerator<Uint8Array>
  tell(events: StreamedEvents): void
  end(): void
}

export function newRun(run_id: string, framing: Framing = {}, isSplit = false): StreamedRun {
  const batches: StreamedEvents[] = []
  let isOver = false
  let news = Promise.withResolvers<void>()
  const wake = () => {
    news.resolve()
    news = Promise.withResolvers<void>()
  }
  return {
    async *stream(conversation_id) {
      let count = 0
      for (let at = 0; ; ) {
        const next = batches[at]
        if (next !== undefined) {
          const bytes = framesOf(eventsOf({ run_id, conversation_id }, next, count), framing)
          if (isSplit) yield* byteByByte(bytes)
          else yield bytes
          count += next.length
          at++
        } else if (isOver) return
        else await news.promise
      }
    },
    tell: (events) => {
      batches.push(events)
      wake()
    },
    end: () => {
      isOver = true
      wake()
    },
  }
}
