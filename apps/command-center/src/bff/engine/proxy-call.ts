import type { BrowserRequest } from '../guard/browser-request.ts'
import { isPlainPath } from '../guard/plain-path.ts'
import { requireSameOrigin } from '../guard/same-origin.ts'
import { BffRefusal } from '../refusal.ts'
import type { WithSession } from '../session/with-session.ts'
import { type Matched, matchEndpoint } from './allow-list.ts'
import { type Engine, type EngineCall, SLOW_LIMIT_MS, USUAL_LIMIT_MS } from './call-engine.ts'
import { declaredQuery, queryText } from './declared-query.ts'
import { passedHeaders } from './engine-headers.ts'
import { passAnswer } from './pass-answer.ts'
import { readBody, readJson } from './read-body.ts'
import { requireDeclared } from './strict-input.ts'

const base = '/api/v1'

type Ports = { engine: Engine; withSession: WithSession }

/** The one way from a browser to the engine. Throws what `refusalOf` can tell. */
export async function proxyCall(incoming: Request, request: BrowserRequest, ports: Ports): Promise<Response> {
  const { headers, method, path } = request
  const isBrowser =
    headers.origin !== undefined ||
    headers.cookie !== undefined ||
    Object.keys(headers).some((name) => name.startsWith('sec-fetch-'))
  // Who signs in has no credential yet; that a browser made the call would show in one of three headers.
  const signsIn = !isBrowser && method === 'POST' && path.replace(/\/$/, '') === `${base}/auth/jwt/login`
  const hasOwnCredential = headers.authorization !== undefined || signsIn
  const matched = requireKnown(request, hasOwnCredential && !isBrowser)
  return hasOwnCredential
    ? await callWithOwnCredential(incoming, request, { ...ports, matched })
    : await callAsPerson(incoming, request, { ...ports, matched })
}

function requireKnown({ method, path }: BrowserRequest, isTerminal: boolean): Matched {
  if (!isPlainPath(path)) throw new BffRefusal(400, 'invalid_path', 'The path is not a plain one.')
  if (!path.startsWith(`${base}/`)) throw notFound()
  const found = matchEndpoint({ method, path: path.slice(base.length), isTerminal })
  if (found === 'unknown') throw notFound()
  if (found === 'malformed') throw new BffRefusal(400, 'invalid_path', 'An id in the path has not the form of one.')
  if ('allow' in found) {
    throw new BffRefusal(405, 'method_not_allowed', 'Method Not Allowed', [['allow', found.allow.join(', ')]])
  }
  return found
}

const notFound = () => new BffRefusal(404, 'not_found', 'Not Found')

type Known = Ports & { matched: Matched }

async function callAsPerson(incoming: Request, request: BrowserRequest, { engine, withSession, matched }: Known) {
  requireSameOrigin(request)
  const query = declaredQuery(matched.endpoint, request.search)
  const body = await declaredBody(incoming, request, matched)
  const { 'content-type': _, ...headers } = passedHeaders(request)
  if (body !== undefined) headers['content-type'] = 'application/json'
  const call = { ...callOf(request, matched, query), headers, body }
  if (matched.endpoint.access === 'none') return passAnswer(await engine.call(call), [])
  const { answer, cookies } = await withSession(request, (authorization) =>
    engine.call({ ...call, headers: { ...headers, authorization } }),
  )
  return passAnswer(answer, cookies)
}

async function declaredBody(incoming: Request, request: BrowserRequest, { name, endpoint }: Matched) {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers
  if (endpoint.method === 'GET') {
    if (length === '0' && coding === undefined) return undefined
    throw new BffRefusal(400, 'unexpected_body', 'This request takes no body.')
  }
  const body = await readJson(incoming, request)
  requireDeclared(name, body)
  return body === undefined ? undefined : JSON.stringify(body)
}

/** A terminal or a script: its header goes on as it is, its cookies do not, and nothing is renewed for it. */
async function callWithOwnCredential(incoming: Request, request: BrowserRequest, { engine, matched }: Known) {
  const { authorization } = request.headers
  const headers = { ...passedHeaders(request), ...(authorization === undefined ? {} : { authorization }) }
  const body = await readBody(incoming, request)
  const query = queryText(new URLSearchParams(request.search))
  return passAnswer(await engine.call({ ...callOf(request, matched, query), headers, body }), [])
}

function callOf({ gone }: BrowserRequest, { endpoint, path }: Matched, query: string): Omit<EngineCall, 'headers'> {
  const limitMs = endpoint.slow ? SLOW_LIMIT_MS : USUAL_LIMIT_MS
  return { method: endpoint.method, path: `${path}${query}`, limitMs, signal: gone }
}
