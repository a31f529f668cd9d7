import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client'
import type { CallFault } from './call-answer.ts'
import { AnswerCutError } from './http-transport.ts'

/** The connection was never made, so nothing can have happened. */
const neverSent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|\w*CERT\w*|ERR_TLS\w*)$/
const ofConnection = /^(E[A-Z]+|EAI_\w+|UND_ERR_\w+|\w*CERT\w*|ERR_TLS\w*|HPE_\w+)$/
/** Codes of JSON-RPC for a request that was refused before it was looked into. */
const refusedByProtocol = new Set([-32_700, -32_600, -32_601, -32_602])

const unreachable = 'The tool server cannot be reached.'

/** Why a request to the tool server brought no result. `signal` is the caller's: an abort is not the server's fault. */
export function callFaultOf(error: unknown, signal: AbortSignal): CallFault {
  if (signal.aborted) return { kind: 'aborted', sent: true, sentence: 'The call was aborted.' }
  if (error instanceof SdkHttpError) return httpFault(error.status)
  if (error instanceof ProtocolError) {
    const sent = !refusedByProtocol.has(error.code)
    return { kind: 'protocol', sent, sentence: 'The tool server answered with a protocol error.' }
  }
  const code = connectionCode(error)
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' || hasTimedOut(error)) {
    return { kind: 'timed-out', sent: true, sentence: 'The tool server timed out: it was silent for too long.' }
  }
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return {
      kind: 'protocol',
      sent: true,
      sentence: 'The answer of the tool server is longer than the limit of 64 MiB.',
    }
  }
  if (error instanceof AnswerCutError) {
    return { kind: 'unreachable', sent: true, sentence: 'The tool server broke off before it had answered.' }
  }
  if (code !== undefined) return { kind: 'unreachable', sent: !neverSent.test(code), sentence: unreachable }
  return { kind: 'protocol', sent: true, sentence: 'The tool server gave an answer that is against the protocol.' }
}

function httpFault(status: number): CallFault {
  if (status === 401 || status === 403) {
    return { kind: 'protocol', sent: false, sentence: 'The tool server refused our token.' }
  }
  if (status === 413) return { kind: 'protocol', sent: false, sentence: 'The call is too large for the tool server.' }
  if (status === 429) return { kind: 'unreachable', sent: false, sentence: 'The tool server is overloaded.' }
  if (status >= 500) return { kind: 'unreachable', sent: true, sentence: unreachable }
  return { kind: 'protocol', sent: false, sentence: 'The tool server refused the request.' }
}

function hasTimedOut(error: unknown): boolean {
  if (error instanceof SdkError) return error.code === SdkErrorCode.RequestTimeout
  return error instanceof Error && error.name === 'TimeoutError'
}

/** The code of the innermost cause: the HTTP client wraps what the connection said. */
function connectionCode(error: unknown): string | undefined {
  let code: string | undefined
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string' && ofConnection.test(at.code)) code = at.code
  }
  return code
}
