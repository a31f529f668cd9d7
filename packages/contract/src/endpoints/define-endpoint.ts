import type { z } from 'zod'

export const methods = ['GET', 'POST', 'PATCH', 'DELETE'] as const
export type Method = (typeof methods)[number]

/**
 * Who may call: everybody; a signed-in user; an administrator; the conversation's owner (a superuser too, where the
 * endpoint only reads or tidies); whoever may decide the call; the holder of a refresh cookie.
 */
export const accessLevels = ['none', 'user', 'admin', 'owner', 'whoever-may-decide', 'refresh-cookie'] as const
export type Access = (typeof accessLevels)[number]

export type EndpointShape = {
  method: Method
  /** Below the base path, with `:name` for path parameters; below the root when `atRoot`. */
  path: string
  access: Access
  /** What is answered: JSON by `output`, an event stream, a download, or nothing. */
  answers: 'json' | 'stream' | 'download' | 'nothing'
  status?: number
  atRoot?: boolean
  /** The body is `application/x-www-form-urlencoded` instead of JSON. */
  form?: boolean
  /** For machines that look often, and know the server by a name of their own: neither counted, nor is its `Host` judged. */
  unlimited?: boolean
  /** No browser may call it: its answer holds a token, or sets cookies that only the page's server handles. */
  serverOnly?: boolean
  /** It may work for up to a minute before it answers. */
  slow?: boolean
  params?: z.ZodObject
  query?: z.ZodObject
  input?: z.ZodType
  output?: z.ZodType
}

/** Declares an endpoint once; types, validation, access, documentation and client follow from it. */
export function defineEndpoint<const E extends EndpointShape>(endpoint: E): E {
  return endpoint
}

type Of<E extends EndpointShape, K extends 'params' | 'query' | 'input'> = E[K] extends z.ZodType
  ? z.infer<E[K]>
  : undefined

export type ParamsOf<E extends EndpointShape> = Of<E, 'params'>
export type QueryOf<E extends EndpointShape> = Of<E, 'query'>
export type InputOf<E extends EndpointShape> = Of<E, 'input'>
export type OutputOf<E extends EndpointShape> = E['output'] extends z.ZodType ? z.infer<E['output']> : undefined
