import type { EndpointShape, InputOf, OutputOf, ParamsOf, QueryOf } from '../endpoints/define-endpoint.ts'
import type { Endpoints } from '../endpoints/endpoints.ts'

type Declared = Endpoints[keyof Endpoints]

/** Every endpoint by `METHOD /path`. Types alone: a client carries no schemas. */
export type Routes = { [E in Declared as `${E['method']} ${E['path']}`]: E }
export type Route = keyof Routes

type Field<Name extends string, Value> = [Value] extends [undefined] ? { [K in Name]?: never } : { [K in Name]: Value }

/** What a caller hands in: path parameters, query (each value optional, as the server has defaults), body. */
export type RequestOf<R extends Route> = Routes[R] extends infer E extends EndpointShape
  ? Field<'params', ParamsOf<E>> &
      ([QueryOf<E>] extends [undefined] ? { query?: never } : { query?: Partial<QueryOf<E>> }) &
      Field<'body', InputOf<E>>
  : never

export type AnswerOf<R extends Route> = Routes[R] extends infer E extends EndpointShape ? OutputOf<E> : never
