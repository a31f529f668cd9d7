import type { Json, JsonObject } from './json.ts'

export type Cause = { reason: string; message: string; field?: string }
type Details = {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: Cause[]
  retryAfterSeconds?: number
}

/** The API server's refusal of a request, as the Status that the client gets. */
export class ApiStatusError extends Error {
  override readonly name = 'ApiStatusError'
  readonly code: number
  readonly reason: string
  readonly details: Details | undefined

  constructor(code: number, reason: string, message: string, details?: Details) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }

  get status(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details as Json }),
      code: this.code,
    }
  }
}

export type Named = { group: string; plural: string }

export function isApiStatusError(error: unknown, code?: number): error is ApiStatusError {
  return error instanceof ApiStatusError && (code === undefined || error.code === code)
}

export function badRequest(message: string): ApiStatusError {
  return new ApiStatusError(400, 'BadRequest', message)
}

export function notFound({ group, plural }: Named, name: string): ApiStatusError {
  const details = { name, ...(group && { group }), kind: plural }
  return new ApiStatusError(404, 'NotFound', `${qualified({ group, plural })} "${name}" not found`, details)
}

/** Nothing is served under that path. */
export function noSuchResource(): ApiStatusError {
  return new ApiStatusError(404, 'NotFound', 'the server could not find the requested resource', {})
}

export function methodNotAllowed(): ApiStatusError {
  return new ApiStatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  )
}

export function alreadyExists({ group, plural }: Named, name: string, isBeingDeleted = false): ApiStatusError {
  const details = { name, ...(group && { group }), kind: plural }
  const lead = isBeingDeleted ? 'object is being deleted: ' : ''
  return new ApiStatusError(
    409,
    'AlreadyExists',
    `${lead}${qualified({ group, plural })} "${name}" already exists`,
    details,
  )
}

export function conflict({ group, plural }: Named, name: string, why: string): ApiStatusError {
  const details = { name, ...(group && { group }), kind: plural }
  const message = `Operation cannot be fulfilled on ${qualified({ group, plural })} "${name}": ${why}`
  return new ApiStatusError(409, 'Conflict', message, details)
}

export function forbidden({ group, plural }: Named, name: string, why: string): ApiStatusError {
  const details = { ...(name && { name }), ...(group && { group }), kind: plural }
  const named = name ? `${qualified({ group, plural })} "${name}"` : qualified({ group, plural })
  return new ApiStatusError(403, 'Forbidden', `${named} is forbidden: ${why}`, details)
}

export function invalid(kind: { group: string; kind: string }, name: string, causes: readonly Cause[]): ApiStatusError {
  const said = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))]
  const list = said.length === 1 ? said[0] : `[${said.join(', ')}]`
  const full = kind.group ? `${kind.kind}.${kind.group}` : kind.kind
  const details = {
    ...(name && { name }),
    ...(kind.group && { group: kind.group }),
    ...(kind.kind && { kind: kind.kind }),
    causes: [...causes],
  }
  return new ApiStatusError(422, 'Invalid', `${full} "${name}" is invalid: ${list}`, details)
}

export function expired(message: string): ApiStatusError {
  return new ApiStatusError(410, 'Expired', message)
}

export function qualified({ group, plural }: Named): string {
  return group === '' ? plural : `${plural}.${group}`
}

export const causes = {
  required: (field: string, detail = ''): Cause => ({
    reason: 'FieldValueRequired',
    message: detail === '' ? 'Required value' : `Required value: ${detail}`,
    field,
  }),
  invalid: (field: string, value: unknown, detail: string): Cause => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${shown(value)}: ${detail}`,
    field,
  }),
  notSupported: (field: string, value: unknown, allowed: readonly string[]): Cause => ({
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${shown(value)}: supported values: ${allowed.map((each) => `"${each}"`).join(', ')}`,
    field,
  }),
  duplicate: (field: string, value: unknown): Cause => ({
    reason: 'FieldValueDuplicate',
    message: `Duplicate value: ${shown(value)}`,
    field,
  }),
  forbidden: (field: string, detail: string): Cause => ({
    reason: 'FieldValueForbidden',
    message: `Forbidden: ${detail}`,
    field,
  }),
  notFound: (field: string, value: unknown): Cause => ({
    reason: 'FieldValueNotFound',
    message: `Not found: ${shown(value)}`,
    field,
  }),
  tooLong: (field: string, most: number): Cause => ({
    reason: 'FieldValueTooLong',
    message: `Too long: may not be more than ${most} bytes`,
    field,
  }),
}

function shown(value: unknown): string {
  if (value === undefined) return 'null'
  return JSON.stringify(value)
}
