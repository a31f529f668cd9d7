import { ApiError } from './api-error.ts'
import { readServerEvents, type ServerEvent } from './read-server-events.ts'
import type { AnswerOf, RequestOf, Route } from './routes.ts'

export type ApiOptions = {
  /** Ends with `/api/v1`: a path of this origin, or an address. */
  base: string
  fetch?: typeof fetch
  /** Sent with every request; asked each time, as a token is renewed. */
  headers?: () => Record<string, string> | Promise<Record<string, string>>
}
type Extra = { signal?: AbortSignal; headers?: Record<string, string> }
type ArgsOf<R extends Route> =
  Record<never, never> extends RequestOf<R> ? [request?: RequestOf<R> & Extra] : [request: RequestOf<R> & Extra]

/** The engine, as its clients call it. Every failure is an ApiError; an abort stays an AbortError. */
export type Api = {
  /** Resolves to the JSON of a success; undefined when the answer has no body. */
  call<R extends Route>(route: R, ...args: ArgsOf<R>): Promise<AnswerOf<R>>
  /** Resolves once the stream is open; its end without an error is the server's. */
  stream<R extends Route>(route: R, ...args: ArgsOf<R>): Promise<AsyncGenerator<ServerEvent, void>>
  /** The raw answer of a success, for downloads. */
  open<R extends Route>(route: R, ...args: ArgsOf<R>): Promise<Response>
}

type Loose = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown } & Extra

export function createApi(options: ApiOptions): Api {
  const send = async (route: string, request: Loose, accept: string): Promise<Response> => {
    const space = route.indexOf(' ')
    const [method, path] = [route.slice(0, space), route.slice(space + 1)]
    const body: string | undefined = JSON.stringify(request.body)
    const headers = {
      accept,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(await options.headers?.()),
      ...request.headers,
    }
    const url = `${options.base}${filled(path, request.params)}${queryText(request.query)}`
    let response: Response
    try {
      response = await (options.fetch ?? fetch)(url, { method, headers, body, signal: request.signal })
    } catch (cause) {
      if (request.signal?.aborted) throw cause
      throw new ApiError(0, undefined, undefined, cause)
    }
    if (!response.ok) throw new ApiError(response.status, await jsonOf(response), response.headers)
    return response
  }
  return {
    async call(route, ...[request]) {
      const response = await send(route, (request ?? {}) as Loose, 'application/json')
      const body = await jsonOf(response)
      if ((body as { status?: unknown } | undefined)?.status === 'error') throw new ApiError(response.status, body)
      return body as never
    },
    async stream(route, ...[request]) {
      const extra = { 'cache-control': 'no-cache', ...request?.headers }
      const response = await send(route, { ...(request as Loose), headers: extra }, 'text/event-stream')
      return readServerEvents(response.body ?? new Blob([]).stream())
    },
    open: (route, ...[request]) => send(route, (request ?? {}) as Loose, '*/*'),
  }
}

function filled(path: string, params: Record<string, unknown> = {}): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])))
}

function queryText(query: Record<string, unknown> = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

/** Undefined for what is no JSON, and where nothing was answered. */
async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}
