import { isTooDeep, MAX_JSON_DEPTH } from '@fairlead/service-kit/json-depth'
import type { BrowserRequest } from '../guard/browser-request.ts'
import { BffRefusal } from '../refusal.ts'

const MAX_BYTES = 1024 * 1024

const tooLarge = () => new BffRefusal(413, 'body_too_large', 'The request body is larger than 1 MiB.')

/** The whole body, counted while it comes. Undefined when there is none. */
export async function readBody(incoming: Request, { headers }: BrowserRequest): Promise<Uint8Array | undefined> {
  if (Number(headers['content-length'] ?? 0) > MAX_BYTES) throw tooLarge()
  if (incoming.body === null) return undefined
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of incoming.body) {
    bytes += chunk.byteLength
    if (bytes > MAX_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return bytes === 0 ? undefined : Buffer.concat(chunks)
}

/** The body as a JSON value; undefined when there is none. Nothing that only claims to be JSON, or something else. */
export async function readJson(incoming: Request, request: BrowserRequest): Promise<unknown> {
  const type = request.headers['content-type']
  if (type !== undefined && type.split(';')[0]?.trim().toLowerCase() !== 'application/json') throw notJson()
  const bytes = await readBody(incoming, request)
  if (bytes === undefined) return undefined
  if (type === undefined) throw notJson()
  const text = decoded(bytes)
  if (isTooDeep(text)) throw badJson(`is nested more than ${MAX_JSON_DEPTH} deep`)
  try {
    return JSON.parse(text)
  } catch {
    throw badJson('is not JSON')
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw badJson('is not JSON')
  }
}

const badJson = (fault: string) => new BffRefusal(400, 'invalid_json', `The request body ${fault}.`)
const notJson = () => new BffRefusal(415, 'not_json', 'The request body must be application/json.')
