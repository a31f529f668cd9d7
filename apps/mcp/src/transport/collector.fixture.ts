import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { BinaryReader } from '@bufbuild/protobuf/wire'

export type CollectedSpan = {
  service: string
  traceId: string
  id: string
  parentId: string
  name: string
  kind: number
  attributes: Record<string, string | number>
  isError: boolean
}

type Fields = ReadonlyMap<number, readonly (Uint8Array | number)[]>

/** An OpenTelemetry collector that keeps the spans it is sent, and answers with `status`. It reads the wire by the field numbers of opentelemetry-proto. */
export async function startCollector({ status = 200 }: { status?: number } = {}) {
  const spans: CollectedSpan[] = []
  const requests: { path: string; type: string | undefined; token: string | undefined }[] = []
  const server = createServer(async (request, response) => {
    const { 'content-type': type, 'x-collector-token': token } = request.headers
    requests.push({ path: `${request.method} ${request.url}`, type, token: token?.toString() })
    spans.push(...spansOf(await buffer(request)))
    response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function spansOf(body: Uint8Array): CollectedSpan[] {
  return all(fieldsOf(body), 1).flatMap((resourceSpans) => {
    const resource = all(resourceSpans, 1).flatMap((each) => attributesOf(each, 1))
    const service = String(Object.fromEntries(resource)['service.name'])
    const scopes = all(resourceSpans, 2)
    return scopes.flatMap((scope) => all(scope, 2)).map((span) => ({ service, ...spanOf(span) }))
  })
}

function spanOf(span: Fields): Omit<CollectedSpan, 'service'> {
  return {
    traceId: hex(span, 1),
    id: hex(span, 2),
    parentId: hex(span, 4),
    name: text(span, 5),
    kind: Number(span.get(6)?.[0]),
    attributes: Object.fromEntries(attributesOf(span, 9)),
    isError: all(span, 15).some((status) => status.get(3)?.[0] === 2),
  }
}

function attributesOf(fields: Fields, field: number): [string, string | number][] {
  return all(fields, field).map((attribute) => {
    const [value = new Map()] = all(attribute, 2)
    return [text(attribute, 1), value.has(1) ? text(value, 1) : Number(value.get(3)?.[0])]
  })
}

/** Numbers as they are, all else as bytes. */
function fieldsOf(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes)
  const fields = new Map<number, (Uint8Array | number)[]>()
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    const values = fields.get(field) ?? []
    fields.set(field, values)
    if (type === 2) values.push(reader.bytes())
    else if (type === 0) values.push(Number(reader.int64()))
    else reader.skip(type)
  }
  return fields
}

function all(fields: Fields, field: number): Fields[] {
  return (fields.get(field) ?? []).map((each) => fieldsOf(each as Uint8Array))
}

function text(fields: Fields, field: number): string {
  return Buffer.from((fields.get(field)?.[0] as Uint8Array | undefined) ?? []).toString()
}

function hex(fields: Fields, field: number): string {
  return Buffer.from((fields.get(field)?.[0] as Uint8Array | undefined) ?? []).toString('hex')
}
