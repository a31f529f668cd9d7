import { z } from 'zod'
import { InvalidInput } from './invalid-input.ts'
import type { Reader } from './reader.ts'

/** The JSON Schema of a property exactly as `tools/list` shows it. */
type PropertySchema = { [keyword: string]: unknown }

/** The `inputSchema` of a tool. */
export type InputSchema = {
  type: 'object'
  properties: { [parameter: string]: PropertySchema }
  required?: string[]
  additionalProperties: false
}

type WireForm = { property: PropertySchema; required: boolean }

const wireForms = z.registry<WireForm>()

type Words = {
  /** Only where the name does not say it: every word is paid for in each first request of a model. */
  description?: string
}

/** `name:type!`: must be given. Its zod issue is the whole sentence of the broken rule. */
export function required<T>(parameter: string, reader: Reader<T>, words: Words = {}): z.ZodType<T> {
  const schema = read(parameter, reader, () => {
    throw new InvalidInput(`${parameter} is required.`)
  })
  return schema.register(wireForms, { property: { ...words, ...reader.wire }, required: true })
}

/**
 * `name:type?=default`: nullable, and null means the default.
 *
 * `wireDefault` is what the schema advertises where it is not what a missing value means here, as the `"default"`
 * of `namespace`, which stands for the namespace the server is configured with.
 */
export function optional<T, D>(
  parameter: string,
  reader: Reader<T>,
  byDefault: D,
  { wireDefault = byDefault, ...words }: Words & { wireDefault?: unknown } = {},
): z.ZodType<T | D> {
  const schema = read<T | D>(parameter, reader, () => byDefault)
  // The value's type comes first: engines that strip `anyOf` take the first branch that is not null.
  const property = { ...words, anyOf: [reader.wire, { type: 'null' }], default: wireDefault }
  return schema.register(wireForms, { property, required: false })
}

function read<T>(parameter: string, reader: Reader<T>, missing: () => T): z.ZodType<T> {
  return z
    .unknown()
    .optional()
    .transform((value, context) => {
      try {
        return value === undefined || value === null ? missing() : reader.read(parameter, value)
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        context.addIssue({ code: 'custom', message: error.message })
        return z.NEVER
      }
    })
}

/** The `inputSchema` of a tool whose parameters were made by `required` and `optional`, in their order. */
export function inputSchemaOf(input: z.ZodObject): InputSchema {
  const entries = Object.entries(input.shape).map(([name, schema]) => {
    const form = wireForms.get(schema as z.ZodType)
    if (form === undefined) throw new Error(`parameter ${name} was not made by required() or optional()`)
    return { name, ...form }
  })
  const needed = entries.filter((entry) => entry.required).map((entry) => entry.name)
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(({ name, property }) => [name, property])),
    ...(needed.length > 0 && { required: needed }),
    additionalProperties: false,
  }
}
