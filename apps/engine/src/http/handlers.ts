import type { IncomingHttpHeaders } from 'node:http'
import type { EndpointShape, InputOf, OutputOf, ParamsOf, QueryOf } from '@fairlead/contract/endpoints/define-endpoint'
import type { FastifyBaseLogger } from 'fastify'
import type { Answered } from './answered.ts'
import type { AuthenticatedUser } from './authenticated-user.ts'
import type { Download } from './download.ts'
import type { EventStream } from './event-stream.ts'

/** A request, checked: what a handler is given. Whether an object is the caller's is for its room to check. */
export type Call<E extends EndpointShape = EndpointShape> = {
  input: InputOf<E>
  params: ParamsOf<E>
  query: QueryOf<E>
  user: E['access'] extends 'none' | 'refresh-cookie' ? undefined : AuthenticatedUser
  cookies: Readonly<Record<string, string | undefined>>
  /** The client's, behind trusted proxies too. */
  address: string
  userAgent: string | undefined
  headers: IncomingHttpHeaders
  /** Aborted when the client goes away before it has been answered. */
  readonly signal: AbortSignal
  log: FastifyBaseLogger
}

type AnswerOf<E extends EndpointShape> = E['answers'] extends 'stream'
  ? EventStream
  : E['answers'] extends 'download'
    ? Download
    : OutputOf<E> | Answered<OutputOf<E>>

export type Handler<E extends EndpointShape> = (call: Call<E>) => Promise<AnswerOf<E>>

/** A handler for every endpoint; one that is missing does not compile. */
export type Handlers<Endpoints extends Readonly<Record<string, EndpointShape>>> = {
  [Name in keyof Endpoints]: Handler<Endpoints[Name]>
}
