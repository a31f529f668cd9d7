import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import { Refusal } from '@fairlead/contract/errors'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { createAdmission } from './admission.ts'
import { answerError } from './answer-error.ts'
import { Answered } from './answered.ts'
import { clientGone } from './client-gone.ts'
import { answerDownload, type Download } from './download.ts'
import type { EventStream, EventStreams } from './event-stream.ts'
import type { Call } from './handlers.ts'
import type { PublicOrigins } from './public-origins.ts'
import { bodyOf } from './request-body.ts'
import { parsePart } from './schema-faults.ts'
import type { WatchSession } from './server-options.ts'

type SetCookie = PublicOrigins['setCookie']
type Exchange = { endpoint: EndpointShape; request: FastifyRequest; reply: FastifyReply }

type Options = {
  endpoints: Readonly<Record<string, EndpointShape>>
  handlers: Readonly<Record<string, (call: Call) => Promise<unknown>>>
  /** Stands before the path of every endpoint that is not at the root. */
  basePath: string
  admit: ReturnType<typeof createAdmission>
  answer: ReturnType<typeof createAnswering>
  setCookie: SetCookie
}

const everyMethod = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const

/** A route for every endpoint; other methods of the same paths are refused with the list of those allowed. */
export function mountEndpoints(app: FastifyInstance, options: Options): void {
  const methodsOf = new Map<string, string[]>()
  for (const [name, endpoint] of Object.entries(options.endpoints)) {
    const url = endpoint.atRoot ? endpoint.path : `${options.basePath}${endpoint.path}`
    const handle = options.handlers[name]
    if (handle === undefined) throw new Error(`The endpoint ${name} has no handler`)
    app.route({
      method: endpoint.method,
      url,
      config: { answersToAnyHost: endpoint.unlimited },
      onRequest: options.admit(endpoint),
      errorHandler: (error, request, reply) =>
        answerError(error, request, reply, (cookie) => {
          if (endpoint.access === 'refresh-cookie') options.setCookie(request, reply, cookie)
        }),
      handler: async (request, reply) =>
        options.answer({ endpoint, request, reply }, await handle(callOf(endpoint, request, reply))),
    })
    methodsOf.set(url, [...(methodsOf.get(url) ?? []), endpoint.method])
  }
  for (const [url, methods] of methodsOf) {
    app.route({
      method: everyMethod.filter((method) => !methods.includes(method)),
      url,
      handler: async (_request, reply) => {
        reply.header('allow', methods.join(', '))
        throw new Refusal('methodNotAllowed')
      },
    })
  }
}

/** Sends what a handler returned, in the form that the endpoint declares. */
export function createAnswering(of: { streams: EventStreams; watchSession: WatchSession; setCookie: SetCookie }) {
  return ({ endpoint, request, reply }: Exchange, answer: unknown) => {
    const { caller } = request
    const watch = caller && ((onEnd: () => void) => of.watchSession(caller, onEnd))
    if (endpoint.answers === 'stream') return of.streams.answer(reply, answer as EventStream, watch)
    if (endpoint.answers === 'download') return answerDownload(request, reply, { download: answer as Download, watch })
    const { body, status, headers, cookies } = answer instanceof Answered ? answer : new Answered(answer)
    reply.status(status ?? endpoint.status ?? 200).headers(headers)
    for (const cookie of cookies) of.setCookie(request, reply, cookie)
    if (endpoint.answers === 'nothing') return reply.send()
    return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body))
  }
}

function callOf(endpoint: EndpointShape, request: FastifyRequest, reply: FastifyReply): Call {
  let signal: AbortSignal | undefined
  const call: Omit<Call, 'input' | 'params' | 'query' | 'user'> &
    Record<'input' | 'params' | 'query' | 'user', unknown> = {
    params: endpoint.params && parsePart(endpoint.params, 'path', request.params),
    query: endpoint.query && parsePart(endpoint.query, 'query', request.query),
    input: endpoint.input && parsePart(endpoint.input, 'body', bodyOf(request, endpoint.form ? 'form' : 'json')),
    user: request.caller,
    cookies: request.cookies,
    address: request.address,
    userAgent: request.headers['user-agent'],
    headers: request.headers,
    get signal() {
      signal ??= goneSignal(reply)
      return signal
    },
    log: request.log,
  }
  return call as Call
}

function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(clientGone)
  })
  return controller.signal
}
