import { type SchemaFault, SchemaRefusal } from '@fairlead/contract/errors'
import { storable } from '@fairlead/service-kit/storable'
import type { z } from 'zod'

/**
 * Parses one part of a request, without what no database row can hold. Throws SchemaRefusal with every fault, in the
 * words that clients of this wire know.
 */
export function parsePart<Schema extends z.ZodType>(
  schema: Schema,
  part: 'body' | 'query' | 'path',
  value: unknown,
): z.output<Schema> {
  if (value === undefined) throw new SchemaRefusal([missing([part], null)])
  const parsed = schema.safeParse(storable(value), { reportInput: true })
  if (parsed.success) return parsed.data
  throw new SchemaRefusal(parsed.error.issues.map((issue) => faultOf(issue, part)))
}

function missing(loc: SchemaFault['loc'], input: unknown): SchemaFault {
  return { type: 'missing', loc, msg: 'Field required', input }
}

function faultOf(issue: z.core.$ZodIssue, part: string): SchemaFault {
  const loc = [part, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))]
  if (issue.code === 'invalid_type' && issue.input === undefined) return missing(loc, null)
  const [type, ctx] = kindOf(issue)
  return { type, loc, msg: issue.message, input: shown(issue.input), ...(ctx && { ctx }) }
}

function kindOf(issue: z.core.$ZodIssue): [type: string, ctx?: Record<string, unknown>] {
  switch (issue.code) {
    case 'invalid_type':
      return [typeFaults[issue.expected] ?? 'value_error']
    case 'too_small':
      if (issue.origin === 'string') return ['string_too_short', { min_length: issue.minimum }]
      if (issue.origin === 'array') return ['too_short', { min_length: issue.minimum }]
      return ['greater_than_equal', { ge: issue.minimum }]
    case 'too_big':
      if (issue.origin === 'string') return ['string_too_long', { max_length: issue.maximum }]
      if (issue.origin === 'array') return ['too_long', { max_length: issue.maximum }]
      return ['less_than_equal', { le: issue.maximum }]
    case 'invalid_format':
      return [formatFaults[issue.format] ?? 'value_error']
    case 'invalid_value':
      return ['literal_error', { expected: issue.values.map(String).join(', ') }]
    default:
      return ['value_error']
  }
}

const typeFaults: Record<string, string> = {
  string: 'string_type',
  number: 'int_parsing',
  int: 'int_parsing',
  boolean: 'bool_parsing',
  object: 'dict_type',
  record: 'dict_type',
  array: 'list_type',
}
const formatFaults: Record<string, string> = {
  uuid: 'uuid_parsing',
  date: 'date_parsing',
  datetime: 'datetime_parsing',
}

/** Large and deep inputs are not sent back. */
function shown(input: unknown): unknown {
  if (typeof input === 'string') return input.slice(0, 200)
  return typeof input === 'object' && input !== null ? null : input
}
