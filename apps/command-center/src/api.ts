import { type Api, createApi } from '@fairlead/contract/client/create-api'
import { csrfHeader } from '@fairlead/contract/client/csrf-header'
import { publicConfig } from './public-config.ts'

export type AnswerListener = {
  /** At each success, with its time. */
  onSuccess?(at: number): void
  /** The session is over: the server has tried to renew it. */
  onUnauthorized?(): void
  /** What the person may do has changed, perhaps. */
  onForbidden?(): void
}

const listeners = new Set<AnswerListener>()

/** Hears of every answer of this origin, whoever asked. */
export function watchAnswers(listener: AnswerListener): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** `fetch` as the proxy wants it of a browser: what changes something says that it comes from a script of ours. */
export const ownFetch: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers)
  if (init?.method !== undefined && init.method !== 'GET') {
    for (const [name, value] of Object.entries(csrfHeader)) headers.set(name, value)
  }
  const response = await fetch(input, { ...init, headers })
  for (const listener of listeners) {
    if (response.ok) listener.onSuccess?.(Date.now())
    if (response.status === 401) listener.onUnauthorized?.()
    if (response.status === 403) listener.onForbidden?.()
  }
  return response
}

let client: Api | undefined

/** The settings come with the page, so they are read when the first call is made. */
function browserApi(): Api {
  client ??= createApi({ base: publicConfig().apiUrl, fetch: ownFetch })
  return client
}

/** The engine, as the page calls it. */
export const api: Api = {
  call: (route, ...request) => browserApi().call(route, ...request),
  stream: (route, ...request) => browserApi().stream(route, ...request),
  open: (route, ...request) => browserApi().open(route, ...request),
}
