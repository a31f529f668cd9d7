import type { IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { parse } from 'yaml'
import { ApiStatusError, badRequest } from '../values/api-status-error.ts'
import { isObject, type JsonObject } from '../values/json.ts'
import { objectOfProtobuf } from './protobuf.ts'

const LARGEST = 3 * 1024 * 1024

/** The whole body of a request. Throws ApiStatusError when it is too large. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST) {
      throw new ApiStatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${LARGEST}`)
    }
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

/** The body of a creation or update. `kind` is what it has to be. Throws ApiStatusError. */
export function objectOf(body: Buffer, contentType: string | undefined, kind: string): JsonObject {
  const type = (contentType ?? '').split(';')[0]?.trim() ?? ''
  if (type === 'application/vnd.kubernetes.protobuf') return objectOfProtobuf(body)
  const text = body.toString()
  const said = (detail: string) =>
    badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${detail}`,
    )
  if (type !== '' && type !== 'application/json' && type !== 'application/yaml') {
    throw new ApiStatusError(
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    )
  }
  let value: unknown
  try {
    value = type === 'application/yaml' ? parse(text) : JSON.parse(text)
  } catch {
    throw said(`unexpected end of JSON input (${text === '' ? '<empty>' : shown(text)})`)
  }
  if (isObject(value)) return value
  const is = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  throw said(
    `json: cannot unmarshal ${is} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (${Buffer.from(text).toString('hex')})`,
  )
}

function shown(text: string): string {
  return text.length > 128 ? `${text.slice(0, 128)} ...` : text
}

/** A whole number of a query; undefined when it is not there. Throws ApiStatusError. */
export function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

export function isTrue(query: URLSearchParams, name: string): boolean {
  const text = query.get(name)
  return text !== null && text !== 'false' && text !== '0'
}
