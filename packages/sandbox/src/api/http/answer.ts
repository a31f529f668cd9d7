import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzip } from 'node:zlib'
import { stringify } from 'yaml'
import type { JsonObject } from '../values/json.ts'

/** From this size on an answer is compressed, where the client takes it. */
const WORTH_COMPRESSING = 128 * 1024

export type Answer = { status: number; body: JsonObject | string; contentType?: string; warnings?: readonly string[] }

const texts = new WeakMap<JsonObject, string>()

/** The JSON of an object that is not changed any more; kept as long as the object is. */
export function jsonText(object: JsonObject): string {
  let text = texts.get(object)
  if (text === undefined) {
    text = JSON.stringify(object)
    texts.set(object, text)
  }
  return text
}

/** The JSON of a list, made from the kept texts of its items. */
export function listText(head: JsonObject, items: readonly JsonObject[]): string {
  const rest = JSON.stringify(head)
  return `${rest.slice(0, -1)},"items":[${items.map(jsonText).join(',')}]}`
}

export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, body, contentType = 'application/json', warnings = [] } = answer
  const isYaml = contentType === 'application/yaml'
  const text =
    typeof body === 'string' && !isYaml
      ? body
      : isYaml
        ? stringify(typeof body === 'string' ? JSON.parse(body) : body)
        : JSON.stringify(body)
  const headers: Record<string, string | string[]> = {
    'content-type': contentType,
    'cache-control': 'no-cache, private',
    ...(warnings.length > 0 && { warning: warnings.map((each) => `299 - "${each.replaceAll(/["\\]/g, '\\$&')}"`) }),
  }
  const isCompressed =
    text.length > WORTH_COMPRESSING && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  if (!isCompressed) {
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) })
    response.end(text)
    return
  }
  gzip(text, { level: 1 }, (error, packed) => {
    if (error) {
      response.destroy(error)
      return
    }
    response.writeHead(status, {
      ...headers,
      'content-encoding': 'gzip',
      vary: 'Accept-Encoding',
      'content-length': packed.length,
    })
    response.end(packed)
  })
}
