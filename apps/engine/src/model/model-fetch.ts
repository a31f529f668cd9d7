import { Agent, fetch, Headers, type RequestInit } from 'undici'

export type ModelFetch = typeof globalThis.fetch

/** A token takes up to 1 KiB on the wire, and no model says 128,000 in one turn. What has no end must not fill the memory. */
const MAX_ANSWER_BYTES = 128 * 1024 * 1024

/**
 * One pool for all model calls: no limit on connections, since hundreds of streams are open at once and none may wait
 * for another's answer. `silenceSeconds` limits the time to the first byte and between bytes. An answer of more than
 * 128 MiB fails. A redirect is not followed: it is answered as it came, and the key goes nowhere else.
 */
export function createModelFetch({ silenceSeconds }: { silenceSeconds: number }): ModelFetch {
  const silence = silenceSeconds * 1000
  const dispatcher = new Agent({
    connections: null,
    connectTimeout: 10_000,
    headersTimeout: silence,
    bodyTimeout: silence,
    maxResponseSize: MAX_ANSWER_BYTES,
    keepAliveTimeout: 15_000,
  })
  const send = (address: string | URL, init: RequestInit) => {
    const headers = new Headers(init.headers)
    // A compressed stream arrives in blocks, and not piece by piece.
    headers.set('accept-encoding', 'identity')
    return fetch(address, { ...init, headers, redirect: 'manual', dispatcher })
  }
  // Both types describe the same standard: the providers take the platform's, undici has its own.
  return send as unknown as ModelFetch
}
