/**
 * One text for a person out of an error's body: `detail` when it is text, with the `reason` that stands beside it; its
 * `reason` when it is an object; and `field: message` for each entry of a list. Undefined when the body says nothing
 * readable.
 */
export function errorText(body: unknown): string | undefined {
  const { detail, reason: why, error_message } = (body ?? {}) as { [key: string]: unknown }
  if (typeof detail === 'string' && detail !== '') {
    return typeof why === 'string' && why !== '' ? `${detail}: ${why}` : detail
  }
  if (Array.isArray(detail)) return detail.map(faultText).filter(Boolean).join(', ') || undefined
  const { reason, code } = (detail ?? {}) as { reason?: unknown; code?: unknown }
  if (typeof reason === 'string' && reason !== '') return reason
  if (typeof code === 'string') return code
  return typeof error_message === 'string' ? error_message : undefined
}

/** `loc` begins with where the value came from (`body`, `query`), which says nothing to a person. */
function faultText(fault: unknown): string {
  const { loc, msg } = (fault ?? {}) as { loc?: unknown; msg?: unknown }
  const field = Array.isArray(loc) ? loc.slice(1).join('.') : ''
  const text = typeof msg === 'string' ? msg : ''
  return field === '' ? text : `${field}: ${text}`
}
