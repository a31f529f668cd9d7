import type { Readable } from 'node:stream'
import { request } from 'undici'

const version = '2026-07-28'

/** What a request at 2026-07-28 says of itself in its `_meta`. */
export const envelope = {
  'io.modelcontextprotocol/protocolVersion': version,
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** And in its headers. */
export function modernHeaders(method: string, name?: unknown): Record<string, string> {
  return {
    'mcp-protocol-version': version,
    'mcp-method': method,
    ...(typeof name === 'string' && { 'mcp-name': name }),
  }
}

/** A POST as every client sends it; a body that is no text yet becomes JSON. */
export function postMessage(
  url: string | undefined,
  body: string | Readable | object,
  { headers = {}, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
) {
  return request(url ?? '', {
    method: 'POST',
    signal,
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof body === 'string' || 'pipe' in body ? body : JSON.stringify(body),
  })
}

/** A `tools/call` at 2026-07-28 that says no more of its client than it must. */
export function postCall(
  url: string | undefined,
  { _meta = {}, ...params }: { name: string; arguments: object; _meta?: object },
) {
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { ...params, _meta: { ...envelope, ..._meta } },
  }
  return postMessage(url, message, { headers: modernHeaders('tools/call', params.name) })
}
