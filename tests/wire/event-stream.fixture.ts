import { EventEmitter, once } from 'node:events'

/** An event as a client sees it: the stream's position and what it carries. */
export type Seen<Event extends { type: string }> = Event & { id: number | undefined }

export type EventStream<Event extends { type: string }> = {
  /** What has come so far; heartbeats left out. */
  readonly events: readonly Seen<Event>[]
  /** The first event that fits, already here or still to come. Rejects when the stream ends without it. */
  until<Type extends Event['type']>(
    type: Type,
    fits?: (event: Extract<Event, { type: Type }>) => boolean,
  ): Promise<Seen<Extract<Event, { type: Type }>>>
  /** Everything, once the server has ended the stream, or has gone away. */
  all(): Promise<Seen<Event>[]>
  close(): void
}

const frameForm = /^(?:id: (\d+)\n)?event: ([\w.]+)\ndata: ([^\n]*)$/

/** Follows a stream, and holds each frame to the form that line-based clients rely on. */
export function followEvents<Event extends { type: string }>(
  response: Response,
  abort: AbortController,
): EventStream<Event> {
  const events: Seen<Event>[] = []
  const news = new EventEmitter().setMaxListeners(0)
  let hasEnded = false
  let fault: unknown

  const take = (frame: string) => {
    const [whole, id, name, data = ''] = frameForm.exec(frame) ?? []
    if (whole === undefined) throw new Error(`not a frame of the wire: ${JSON.stringify(frame)}`)
    const event = JSON.parse(data) as Event
    if (event.type !== name) throw new Error(`the event ${name} calls itself ${event.type}`)
    if (name === 'heartbeat') return
    events.push({ ...event, id: id === undefined ? undefined : Number(id) })
    news.emit('news')
  }
  const read = async () => {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const bytes of response.body ?? []) {
      const frames = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
      rest = frames.pop() ?? ''
      for (const frame of frames) if (frame !== '') take(frame)
    }
  }
  const done = read()
    .catch((error: unknown) => {
      // A connection that broke is what a client sees when its engine goes away; a bad frame is a fault.
      if (error instanceof Error && error.message.startsWith('not a frame')) fault = error
    })
    .finally(() => {
      hasEnded = true
      news.emit('news')
    })

  return {
    events,
    until: async (type, fits = () => true) => {
      type Wanted = Seen<Extract<Event, { type: typeof type }>>
      for (let at = 0; ; ) {
        for (; at < events.length; at++) {
          const event = events[at]
          if (event?.type === type && fits(event as Wanted)) return event as Wanted
        }
        if (fault !== undefined) throw fault
        if (hasEnded) throw new Error(`no ${type} in ${events.map((event) => event.type).join(' ')}`)
        await once(news, 'news')
      }
    },
    all: async () => {
      await done
      if (fault !== undefined) throw fault
      return [...events]
    },
    close: () => abort.abort(),
  }
}
