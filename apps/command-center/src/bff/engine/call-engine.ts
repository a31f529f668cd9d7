import type { IncomingHttpHeaders } from 'node:http'
import { Agent, errors, request as send } from 'undici'

export type EngineCall = {
  method: string
  /** Below the API's base, encoded, with its query. */
  path: string
  headers: Record<string, string>
  body?: string | Uint8Array
  /** How long the head of the answer may take. */
  limitMs?: number
  /** Ends the call, and the body of its answer. */
  signal?: AbortSignal
}
type SentAnswer = Awaited<ReturnType<typeof send>>
export type EngineAnswer = { status: number; headers: IncomingHttpHeaders; body: SentAnswer['body'] }
export type WholeAnswer = { status: number; headers: IncomingHttpHeaders; body: unknown }

export type Engine = {
  /** Rejects with EngineFault when there is no answer, and with the signal's reason when it is aborted. */
  call(call: EngineCall): Promise<EngineAnswer>
  /** The same for a short answer, read whole within the limit. `body` is undefined when it is no JSON. */
  ask(call: EngineCall): Promise<WholeAnswer>
  /** Breaks off what is under way. */
  close(): Promise<void>
}

/** The engine did not answer, or not in a way that could be passed on. */
export class EngineFault extends Error {
  override readonly name = 'EngineFault'
  readonly kind: 'unreachable' | 'timeout' | 'redirected'

  constructor(kind: 'unreachable' | 'timeout' | 'redirected', cause?: unknown) {
    super(`The engine: ${kind}`, { cause })
    this.kind = kind
  }
}

export const USUAL_LIMIT_MS = 15_000
export const SLOW_LIMIT_MS = 60_000
/** A stream may be silent so long. Its reader judges a shorter silence. */
const SILENCE_LIMIT_MS = 3_600_000

/** Each new connection resolves the engine's address again. */
export function connectEngine(baseUrl: string): Engine {
  const agent = new Agent({
    connect: { timeout: USUAL_LIMIT_MS },
    // The limit of a call is its own, as some calls may take longer.
    headersTimeout: 0,
    bodyTimeout: SILENCE_LIMIT_MS,
  })
  const host = new URL(baseUrl).host

  const once = async (url: string, call: EngineCall, signal: AbortSignal): Promise<EngineAnswer> => {
    const { method, headers, body } = call
    const answer = await send(url, { method: method as 'GET', headers, body: body ?? null, dispatcher: agent, signal })
    return { status: answer.statusCode, headers: answer.headers, body: answer.body }
  }
  const call = async (request: EngineCall): Promise<EngineAnswer> => {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new EngineFault('timeout')), request.limitMs ?? USUAL_LIMIT_MS)
    const signal = request.signal ? AbortSignal.any([request.signal, late.signal]) : late.signal
    const url = `${baseUrl}${request.path}`
    try {
      const answer = await once(url, request, signal)
      if (answer.status < 300 || answer.status > 399) return answer
      const target = answer.status === 307 ? sameHostTarget(answer, url, host) : undefined
      await answer.body.dump()
      if (target === undefined) throw new EngineFault('redirected')
      const second = await once(target, request, signal)
      if (second.status < 300 || second.status > 399) return second
      await second.body.dump()
      throw new EngineFault('redirected')
    } catch (error) {
      if (request.signal?.aborted || error instanceof EngineFault) throw error
      if (late.signal.aborted || error instanceof errors.ConnectTimeoutError) throw new EngineFault('timeout', error)
      throw new EngineFault('unreachable', error)
    } finally {
      clearTimeout(timer)
    }
  }
  const ask = async (request: EngineCall): Promise<WholeAnswer> => {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), request.limitMs ?? USUAL_LIMIT_MS)
    const signal = request.signal ? AbortSignal.any([request.signal, late.signal]) : late.signal
    try {
      const { status, headers, body } = await call({ ...request, signal })
      return { status, headers, body: parsed(await body.text()) }
    } catch (error) {
      if (request.signal?.aborted || error instanceof EngineFault) throw error
      throw new EngineFault(late.signal.aborted ? 'timeout' : 'unreachable', error)
    } finally {
      clearTimeout(timer)
    }
  }
  return { call, ask, close: () => agent.destroy() }
}

function sameHostTarget({ headers }: EngineAnswer, from: string, host: string): string | undefined {
  const { location } = headers
  if (location === undefined || !URL.canParse(location, from)) return undefined
  const target = new URL(location, from)
  return target.host === host && target.protocol === new URL(from).protocol ? target.href : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
