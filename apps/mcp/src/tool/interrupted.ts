import { ToolError } from './tool-error.ts'

/** What an aborted signal means to who waits for the answer. */
export function interrupted(signal: AbortSignal | undefined): ToolError {
  const reason: unknown = signal?.reason
  if (reason instanceof DOMException && reason.name === 'TimeoutError') {
    return new ToolError('Timeout', 'the time limit of this call is over.')
  }
  return new ToolError('Cancelled', 'the call was cancelled.')
}
