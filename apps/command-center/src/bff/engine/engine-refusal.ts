import { refusals } from '@fairlead/contract/errors'
import { BffRefusal } from '../refusal.ts'
import { EngineFault, type WholeAnswer } from './call-engine.ts'

/** The engine answered a call of this server's own, and not with what was requested. */
export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal'
  readonly answer: WholeAnswer

  constructor(answer: WholeAnswer) {
    super(`The engine answered ${answer.status}`)
    this.answer = answer
  }
}

const faults = {
  unreachable: [502, 'engine_unreachable', 'The engine cannot be reached. Nothing was lost; try again in a moment.'],
  timeout: [504, 'engine_timeout', 'The engine did not answer in time.'],
  redirected: [502, 'engine_redirected', 'The engine answered with another address.'],
} as const

/** What goes wrong inside the engine stays there. */
export const engineFailed = (status: number, headers: WholeAnswer['headers']) =>
  new BffRefusal(
    status,
    'engine_failed',
    'The engine failed to answer this. Its log has the reason under the request id.',
    retryAfter(headers),
  )

/** A refusal of the contract that says what a server behind the engine did not do; undefined for a failure. */
export function promisedRefusal(status: number, text: string): BffRefusal | undefined {
  const { detail, reason } = parsed(text)
  const entry = Object.entries(refusals).find(
    ([, it]) => it.status === status && 'detail' in it && it.detail === detail,
  )
  if (entry === undefined || status === 500) return undefined
  return new BffRefusal(status, entry[0], detail, [], typeof reason === 'string' ? reason : undefined)
}

function parsed(text: string): { detail?: unknown; reason?: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

function retryAfter({ 'retry-after': value }: WholeAnswer['headers']): [string, string][] {
  return typeof value === 'string' ? [['retry-after', value]] : []
}

/** The answer to the browser for a fault; undefined for one that is a bug. */
export function refusalOf(error: unknown): BffRefusal | undefined {
  if (error instanceof BffRefusal) return error
  if (error instanceof EngineFault) {
    const [status, code, detail] = faults[error.kind]
    return new BffRefusal(status, code, detail)
  }
  if (!(error instanceof EngineRefusal)) return undefined
  const { status, headers, body } = error.answer
  if (status >= 500 || status < 400) return engineFailed(status < 400 ? 502 : status, headers)
  const { detail, code } = (body ?? {}) as { detail?: unknown; code?: unknown }
  return new BffRefusal(
    status,
    typeof code === 'string' ? code : 'engine_refused',
    detail ?? `The engine answered ${status}`,
    retryAfter(headers),
  )
}
