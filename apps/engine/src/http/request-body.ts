import { SchemaRefusal } from '@fairlead/contract/errors'
import { isTooDeep, MAX_JSON_DEPTH } from '@fairlead/service-kit/json-depth'
import type { FastifyInstance, FastifyRequest } from 'fastify'

type RawBody = { contentType: string; text: string }

/** Bodies are kept as text until the endpoint says what they ought to be. */
export function addBodyParser(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, text, done) => {
    const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
    done(null, { contentType, text })
  })
}

/**
 * The body as a value; undefined when there is none. Text that only claims to be something else is not read as JSON:
 * a page elsewhere can send plain text, but not JSON, without asking first.
 */
export function bodyOf(request: FastifyRequest, form: 'json' | 'form'): unknown {
  const raw = request.body as RawBody | undefined
  if (raw === undefined || raw.text === '') return undefined
  if (form === 'form') {
    if (raw.contentType !== 'application/x-www-form-urlencoded') throw invalid('A form is expected')
    return Object.fromEntries(new URLSearchParams(raw.text))
  }
  if (raw.contentType !== 'application/json') throw invalid('Content-Type must be application/json')
  // Before anything walks it, which would not come back from there.
  if (isTooDeep(raw.text)) throw invalid(`JSON is nested more than ${MAX_JSON_DEPTH} deep`)
  try {
    return JSON.parse(raw.text)
  } catch {
    throw invalid('JSON decode error')
  }
}

function invalid(msg: string): SchemaRefusal {
  return new SchemaRefusal([{ type: 'json_invalid', loc: ['body'], msg, input: {} }])
}
