import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, realClock } from '@fairlead/client/time/clock'
import { type Api, createApi } from '@fairlead/contract/client/create-api'
import type { PageLife } from '../../browser/page-life.ts'
import { createFeed, type Feed, type FeedNews, type FeedPorts, type Locks, type TabMessage } from './feed.ts'

export type FeedServer = {
  api: Api
  /** `Last-Event-ID` of each connection, in their order. */
  opened: (string | undefined)[]
  readonly readers: number
  tell(event: { type: string; [field: string]: unknown }): void
  /** Ends every stream, as the end of an access token does. */
  end(): void
  cut(): void
  /** Answers that instead of a stream from now on. */
  refuse(status: number | undefined): void
  /** What other paths are answered. */
  answers: Map<string, { status: number; body: unknown }>
  requests: { method: string; path: string; body: unknown }[]
  close(): Promise<void>
}

/** A server on loopback that speaks the user's feed: it keeps what it told, and resumes by id. */
export async function startFeedServer(): Promise<FeedServer> {
  const streams = new Set<ServerResponse>()
  const kept: { id: number; event: { type: string } }[] = []
  const opened: (string | undefined)[] = []
  const answers: FeedServer['answers'] = new Map()
  const requests: FeedServer['requests'] = []
  let refused: number | undefined
  const write = (response: ServerResponse, id: number, event: { type: string }) =>
    response.write(`id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').replace('/api/v1', '')
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (path !== '/events') {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const text = Buffer.concat(chunks).toString()
      requests.push({ method: request.method ?? '', path, body: text === '' ? undefined : JSON.parse(text) })
      const answer = answers.get(`${request.method} ${path}`) ?? { status: 404, body: { detail: 'Not Found' } }
      return void json(answer.status, answer.body)
    }
    if (refused !== undefined) return void json(refused, { detail: 'no' })
    const last = request.headers['last-event-id']?.toString()
    opened.push(last)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    streams.add(response)
    response.on('close', () => streams.delete(response))
    const from = last === undefined ? (kept.at(-1)?.id ?? 0) : Number(last)
    write(response, from, { type: 'ready', resumed: last !== undefined } as { type: string })
    for (const { id, event } of kept) if (id > from) write(response, id, event)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    api: createApi({ base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1` }),
    opened,
    answers,
    requests,
    get readers() {
      return streams.size
    },
    tell: (event) => {
      const id = 1000 + kept.length
      kept.push({ id, event })
      for (const response of streams) write(response, id, event)
    },
    end: () => {
      for (const response of streams) response.end()
    },
    cut: () => {
      for (const response of streams) response.destroy()
    },
    refuse: (status) => {
      refused = status
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What the tabs of one browser share. */
export function aBrowser() {
  const tabs = new Set<(from: object, message: TabMessage) => void>()
  const held = new Map<string, Promise<void>>()
  const locks: Locks = {
    request: async (name, { signal }, hold) => {
      const turn = (held.get(name) ?? Promise.resolve()).then(async () => {
        if (!signal.aborted) await hold()
      })
      held.set(
        name,
        turn.catch(() => {}),
      )
      await turn
    },
  }
  return {
    locks,
    channel: (): FeedPorts['channel'] => {
      const own = {}
      return {
        post: (message) => {
          for (const hear of tabs) hear(own, structuredClone(message))
        },
        onMessage: (listener) => {
          const hear = (from: object, message: TabMessage) => from !== own && listener(message)
          tabs.add(hear)
          return () => tabs.delete(hear)
        },
      }
    },
  }
}

export const quick: Clock = { ...realClock, after: (ms, run) => realClock.after(ms > 20_000 ? ms : ms / 20, run) }

export type Tab = { feed: Feed; heard: FeedNews[]; close(): void; page: ReturnType<typeof aPage> }

export function aPage(): PageLife & { hide(): void; show(): void } {
  const listeners = { hidden: new Set<() => void>(), shown: new Set<() => void>() }
  let isHidden = false
  const on = (kind: keyof typeof listeners) => (listener: () => void) => {
    listeners[kind].add(listener)
    return () => void listeners[kind].delete(listener)
  }
  const turn = (hidden: boolean) => {
    isHidden = hidden
    for (const listener of listeners[hidden ? 'hidden' : 'shown']) listener()
  }
  return {
    isHidden: () => isHidden,
    onHidden: on('hidden'),
    onShown: on('shown'),
    onOnline: () => () => {},
    hide: () => turn(true),
    show: () => turn(false),
  }
}

export function openTab(server: FeedServer, browser: ReturnType<typeof aBrowser>, ports: Partial<FeedPorts> = {}): Tab {
  const page = aPage()
  const { locks } = browser
  const feed = createFeed({ api: server.api, clock: quick, page, locks, channel: browser.channel(), ...ports })
  const heard: FeedNews[] = []
  feed.subscribe((news) => heard.push(news))
  return { feed, heard, page, close: feed.begin() }
}
