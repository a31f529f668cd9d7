import { Readable } from 'node:stream'
import { Refusal } from '@fairlead/contract/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Watch } from './event-stream.ts'

/** A body for keeping: whole, of which ranges are served, or in pieces as they come. */
export type Download = {
  contentType: string
  body: Uint8Array | AsyncIterable<string>
  filename?: string
}

/** The body comes from outside: no browser may take it for a page of ours. */
const harmless = { 'content-security-policy': "default-src 'none'; sandbox" }

/** One in pieces is cut off by what `watch` waits for: a client that has not seen its end knows that there was more. */
export function answerDownload(
  request: FastifyRequest,
  reply: FastifyReply,
  { download, watch }: { download: Download; watch: Watch | undefined },
): FastifyReply {
  const { contentType, body, filename } = download
  reply.headers({ ...harmless, 'content-type': contentType })
  if (filename) reply.header('content-disposition', `attachment; filename="${filename}"`)
  if (!(body instanceof Uint8Array)) {
    const pieces = Readable.from(body, { objectMode: false })
    const forget = watch?.(() => pieces.destroy(new Refusal('unauthorized')))
    pieces.once('close', () => forget?.())
    return reply.send(pieces)
  }
  reply.header('accept-ranges', 'bytes')
  const range = requestedRange(request.headers.range, body.byteLength)
  if (range === undefined) return reply.send(body)
  if (range === 'unsatisfiable')
    return reply.status(416).header('content-range', `bytes */${body.byteLength}`).send(new Uint8Array())
  const { from, to } = range
  return reply
    .status(206)
    .header('content-range', `bytes ${from}-${to}/${body.byteLength}`)
    .send(body.subarray(from, to + 1))
}

/** One range of bytes; several at once are answered with the whole, as the standard allows. */
function requestedRange(header: string | undefined, length: number) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (match === null || (match[1] === '' && match[2] === '')) return undefined
  const [, first = '', last = ''] = match
  const from = first === '' ? Math.max(length - Number(last), 0) : Number(first)
  const to = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1)
  return from > to ? 'unsatisfiable' : { from, to }
}
