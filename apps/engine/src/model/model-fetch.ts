import { Agent, fetch } from 'undici'

export type ModelFetch = typeof globalThis.fetch

/**
 * One pool for all model calls: no limit on connections, since hundreds of streams are open at once and none may wait
 * for another's answer. `silenceSeconds` limits the time to the first byte and between bytes.
 */
export function createModelFetch({ silenceSeconds }: { silenceSeconds: number }): ModelFetch {
  const silence = silenceSeconds * 1000
  const dispatcher = new Agent({
    connections: null,
    connectTimeout: 10_000,
    headersTimeout: silence,
    bodyTimeout: silence,
    keepAliveTimeout: 15_000,
  })
  const post = (url: Parameters<typeof fetch>[0], init: Parameters<typeof fetch>[1]) =>
    fetch(url, { ...init, dispatcher })
  // The same standard twice: undici's own types and the platform's differ in name only.
  return post as unknown as ModelFetch
}
