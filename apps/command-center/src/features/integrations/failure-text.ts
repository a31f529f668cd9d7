import { ApiError } from '@fairlead/contract/client/api-error'

/** What the engine says of a failure, with its reason where it has one. */
export function failureText(fault: unknown): string {
  if (!(fault instanceof ApiError)) return fault instanceof Error ? fault.message : String(fault)
  const { message, body } = fault
  const { reason } = body
  return typeof reason === 'string' && reason !== '' && reason !== message ? `${message}: ${reason}` : message
}
