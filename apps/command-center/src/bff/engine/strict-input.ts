import { endpoints } from '@fairlead/contract/endpoints/endpoints'
import { z } from 'zod'
import { BffRefusal } from '../refusal.ts'
import type { EndpointName } from './allow-list.ts'

/** What the page sends where that is less than the wire would take. */
const narrower: Partial<Record<EndpointName, z.ZodType>> = {
  chat: z.strictObject({
    conversation_id: z.string().nullish(),
    messages: z.array(z.strictObject({ role: z.literal('user'), content: z.string() })).min(1),
  }),
  changeConversation: z.strictObject({ title: z.string().min(1).max(255) }),
}

const inputs = new Map<string, z.ZodType>(
  Object.entries(endpoints).flatMap(([name, endpoint]): [string, z.ZodType][] => {
    if (!('input' in endpoint)) return []
    return [[name, narrower[name as EndpointName] ?? strictForm(endpoint.input)]]
  }),
)

/** Refuses a body that holds anything but what the endpoint declares. */
export function requireDeclared(name: EndpointName, body: unknown): void {
  const schema = inputs.get(name)
  if (schema !== undefined) requireForm(schema, body)
  else if (body !== undefined) throw new BffRefusal(400, 'unexpected_body', 'This request takes no body.')
}

export function requireForm(schema: z.ZodType, body: unknown): void {
  const result = schema.safeParse(body === undefined ? {} : body)
  if (result.success) return
  const unknown = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key].map(String).join('.')) : [],
  )
  if (unknown.length > 0) {
    const names = unknown.map((name) => name.slice(0, 100)).slice(0, 10)
    throw new BffRefusal(400, 'unknown_field', `Unknown field: ${names.join(', ')}`)
  }
  // In the form of the engine's own faults; without the values, which may be secrets.
  const faults = result.error.issues.map(({ message, path }) => ({
    type: 'value_error',
    loc: ['body', ...path.map(String)],
    msg: message,
  }))
  throw new BffRefusal(422, 'invalid_body', faults)
}

/** The same schema, but nothing unknown passes, at any depth. */
export function strictForm(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) {
    const shape = Object.fromEntries(
      Object.entries(schema.def.shape).map(([key, inner]) => [key, strictForm(inner as z.ZodType)]),
    )
    return schema.clone({ ...schema.def, shape, catchall: z.never() } as typeof schema.def)
  }
  if (schema instanceof z.ZodArray) {
    return schema.clone({ ...schema.def, element: strictForm(schema.def.element as z.ZodType) } as typeof schema.def)
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    const innerType = strictForm(schema.def.innerType as z.ZodType)
    return (schema as z.ZodType).clone({ ...schema.def, innerType } as never)
  }
  return schema
}
