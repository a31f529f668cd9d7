import { Agent, type Dispatcher, request } from 'undici'
import { baseUserAgent } from '../kube/kube.ts'
import { AnswerLost } from '../target/answer-lost.ts'
import { interrupted } from '../tool/interrupted.ts'
import { ToolError } from '../tool/tool-error.ts'
import type { JenkinsAnswer } from './jenkins-answer.ts'

export type JenkinsLogin = {
  /** Origin and path prefix, without a slash at its end. */
  url: string
  username: string
  token: string
  /** The server's certificate is not checked. */
  isInsecure: boolean
}

/** One Jenkins, as the user of an integration, for one call. Paths are below its URL, encoded, and begin with `/`. */
export type JenkinsConnection = {
  /** Follows redirects within the server alone. Throws ToolError where there is no answer. */
  get(path: string): Promise<JenkinsAnswer>
  /** Bytes of a text that grows, by `X-Text-Size`; its body is not read. Undefined where Jenkins does not say. */
  size(path: string): Promise<number | undefined>
  /**
   * Sends a form once, with the crumb that Jenkins asks for; a crumb that it rejects is fetched once more, since nothing was
   * done then. ToolError: nothing was done; AnswerLost: nobody knows.
   */
  post(path: string, form: Readonly<Record<string, string>>): Promise<JenkinsAnswer>
}

const CONNECT_MS = 5_000
const ANSWER_MS = 15_000
const MAX_BODY_BYTES = 8 * 1024 * 1024
const MAX_REDIRECTS = 3

/** `mark`: of the call that writes, for the log of whoever stands before Jenkins. */
export function connectJenkins(
  login: JenkinsLogin,
  { signal, mark }: { signal: AbortSignal; mark?: string | undefined },
): JenkinsConnection {
  const dispatcher = new Agent({
    connect: { timeout: CONNECT_MS, ...(login.isInsecure && { rejectUnauthorized: false }) },
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
  })
  signal.addEventListener('abort', () => void dispatcher.close(), { once: true })
  const userAgent = mark === undefined ? baseUserAgent : `${baseUserAgent} ${mark}`
  const authorization = `Basic ${Buffer.from(`${login.username}:${login.token}`).toString('base64')}`
  const send = (
    method: 'GET' | 'POST',
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Dispatcher.ResponseData> =>
    request(`${login.url}${path}`, {
      method,
      dispatcher,
      headers: { authorization, accept: 'application/json, text/plain, */*', 'user-agent': userAgent, ...headers },
      ...(body !== undefined && { body }),
      signal,
    })

  const get: JenkinsConnection['get'] = async (path) => {
    try {
      for (let at = path, hops = 0; ; hops++) {
        const response = await send('GET', at)
        const location = headerOf(response, 'location')
        if (response.statusCode < 300 || response.statusCode >= 400 || location === undefined)
          return await answerOf(response)
        await response.body.dump()
        at = placeWithin(login.url, location, at)
        if (hops === MAX_REDIRECTS) throw new ToolError('Upstream', 'Jenkins redirects without an end.')
      }
    } catch (fault) {
      throw readFault(fault, signal)
    }
  }

  const size: JenkinsConnection['size'] = async (path) => {
    try {
      const response = await send('GET', path)
      const text = headerOf(response, 'x-text-size')
      // It may be long; the connection is given up for it.
      response.body.on('error', () => undefined).destroy()
      return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
    } catch (fault) {
      throw readFault(fault, signal)
    }
  }

  const crumb = async (): Promise<Record<string, string>> => {
    const response = await send('GET', '/crumbIssuer/api/json').catch((fault: unknown) => {
      throw readFault(fault, signal)
    })
    const answer = await answerOf(response)
    // A Jenkins without the protection has no issuer, or keeps it to itself.
    if (answer.status === 404 || answer.status === 403) return {}
    const parsed = answer.status === 200 ? crumbIn(answer.body) : undefined
    if (parsed === undefined) throw new ToolError('Upstream', `Jenkins gives no crumb (status ${answer.status}).`)
    const cookies = [response.headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';')[0] ?? '')
    return { [parsed.field]: parsed.crumb, ...(cookies.length > 0 && { cookie: cookies.join('; ') }) }
  }

  const post: JenkinsConnection['post'] = async (path, form) => {
    const body = new URLSearchParams(form).toString()
    const contentType = { 'content-type': 'application/x-www-form-urlencoded' }
    for (let tries = 1; ; tries++) {
      const headers = { ...contentType, ...(await crumb()) }
      let answer: JenkinsAnswer
      try {
        answer = await answerOf(await send('POST', path, { headers, body }))
      } catch (fault) {
        throw writeFault(fault, signal)
      }
      const isRejected = answer.status === 403 && /No valid crumb/i.test(answer.body)
      if (!isRejected || tries === 2) return { ...answer, leadsElsewhere: leadsElsewhere(answer, login.url, path) }
    }
  }
  return { get, size, post }
}

/**
 * The path of a redirect below the server's URL; whatever leads elsewhere is refused, since the credentials would go with
 * it. A login page means that they are not accepted.
 */
export function placeWithin(base: string, location: string, from: string): string {
  const target = new URL(location, `${base}${from}`)
  if (!isWithin(target, base))
    throw new ToolError('Refused', 'Jenkins redirects to another server, which is not followed.')
  if (isLoginPage(target, base)) throw loginRequired()
  return `${target.pathname.slice(prefixOf(base).length)}${target.search}`
}

function isWithin({ origin, pathname }: URL, base: string): boolean {
  const prefix = prefixOf(base)
  return origin === new URL(base).origin && (pathname === prefix || pathname.startsWith(`${prefix}/`))
}

function prefixOf(base: string): string {
  return new URL(base).pathname.replace(/\/+$/, '')
}

/** Jenkins answers a write with the way to what it is about. Throws ToolError where the answer says that nothing was done. */
function leadsElsewhere({ status, headers: { location } }: JenkinsAnswer, base: string, from: string): boolean {
  if (status < 300 || status >= 400) return false
  if (status === 301 || status === 307 || status === 308)
    throw new ToolError('Upstream', `Jenkins has moved (status ${status}), and has done nothing.`, {
      hint: 'An administrator sets the address of the integration to the one that Jenkins is at.',
    })
  const target = location === undefined ? null : URL.parse(location, `${base}${from}`)
  // Without a place that can be read nothing says what it is about.
  if (target === null) return true
  if (isLoginPage(target, base)) throw loginRequired()
  return !isWithin(target, base)
}

function loginRequired(): ToolError {
  return new ToolError(
    'Unauthorized',
    'Jenkins asks for a login: it does not accept the credentials of the integration.',
  )
}

/** A job may have that name as well. */
function isLoginPage(target: URL, base: string): boolean {
  const path = isWithin(target, base) ? target.pathname.slice(prefixOf(base).length) : target.pathname
  return !path.includes('/job/') && /\/(?:login|securityRealm)(?:\/|$)/.test(path)
}

function crumbIn(body: string): { field: string; crumb: string } | undefined {
  try {
    const { crumbRequestField: field, crumb } = JSON.parse(body) as { crumbRequestField?: unknown; crumb?: unknown }
    // It becomes a header: nothing but what names and values of headers are made of.
    const isField = typeof field === 'string' && /^[A-Za-z][-A-Za-z0-9._]{0,63}$/.test(field)
    const isCrumb = typeof crumb === 'string' && /^[\x21-\x7e]{1,512}$/.test(crumb)
    return isField && isCrumb ? { field, crumb } : undefined
  } catch {
    return undefined
  }
}

async function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<JenkinsAnswer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length
    if (bytes > MAX_BODY_BYTES) {
      body.destroy()
      throw new ToolError('Refused', 'Jenkins has more than 8 MiB to answer. Ask for less, with tree or start.')
    }
    chunks.push(chunk as Buffer)
  }
  const flat = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value ?? ''].flat().join(', ')]),
  )
  return { status: statusCode, headers: flat, body: Buffer.concat(chunks).toString('utf8') }
}

function headerOf({ headers }: Dispatcher.ResponseData, name: string): string | undefined {
  return [headers[name] ?? []].flat()[0]
}

function readFault(fault: unknown, signal: AbortSignal): unknown {
  if (fault instanceof ToolError) return fault
  if (signal.aborted) return interrupted(signal)
  if (isTimeout(fault)) return new ToolError('Timeout', 'Jenkins did not answer in time.', { cause: fault })
  return new ToolError('Unavailable', `Jenkins cannot be reached (${codeOf(fault)}).`, { cause: fault })
}

/** Before a connection stood nothing was sent. */
function writeFault(fault: unknown, signal: AbortSignal): unknown {
  if (fault instanceof ToolError && fault.code === 'Refused')
    return new AnswerLost('the answer of Jenkins was too long to be read', { cause: fault })
  if (fault instanceof ToolError) return fault
  const code = codeOf(fault)
  if (
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(
      code,
    )
  )
    return new ToolError('Unavailable', `Jenkins cannot be reached (${code}).`, { cause: fault })
  const reason = signal.aborted ? interrupted(signal).message : code
  return new AnswerLost(`the answer of Jenkins was lost (${reason})`, { cause: fault })
}

function isTimeout(fault: unknown): boolean {
  return /^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$/.test(codeOf(fault))
}

function codeOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault)
  if ('code' in fault && typeof fault.code === 'string') return fault.code
  return fault.cause === undefined ? fault.message : codeOf(fault.cause)
}
