import type { JsonSchema } from '@fairlead/contract/tool/tool-meta'
import { expect, it } from 'vitest'
import { aTool } from './catalogue.fixture.ts'
import { argumentProblems } from './check-arguments.ts'
import { offeredSchema } from './offered-schema.ts'

const nullable = (type: string) => [{ type }, { type: 'null' }]

it.each<[says: string, property: JsonSchema, offered?: JsonSchema]>([
  ['an optional parameter loses null', { anyOf: nullable('string'), default: null }, { type: 'string' }],
  [
    'what describes it stays',
    { description: 'a column', anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'null' }], default: null },
    { description: 'a column', type: 'array', items: { type: 'string' } },
  ],
  ['null stays where no default says what it means', { anyOf: nullable('string') }],
  ['several types stay', { anyOf: [...nullable('string'), { type: 'integer' }], default: null }],
  ['null alone stays', { anyOf: [{ type: 'null' }], default: null }],
  ['a plain type stays', { type: 'string', default: null }],
  ['a property that says nothing stays', {}],
])('%s, pinned or not', (_, property, offered = property) => {
  const inputSchema = { type: 'object', properties: { it: property }, additionalProperties: false }
  for (const pinned of [true, false])
    expect(offeredSchema({ inputSchema, pinned })).toEqual({ ...inputSchema, properties: { it: offered } })
})

it.each([false, 60, 'default'])('null goes and the default %j stays, of a pinned tool alone', (fallback) => {
  const inputSchema = {
    type: 'object',
    properties: { it: { anyOf: nullable('integer'), default: fallback } },
  }
  expect(offeredSchema({ inputSchema, pinned: true }).properties).toEqual({
    it: { type: 'integer', default: fallback },
  })
  expect(offeredSchema({ inputSchema, pinned: false })).toEqual(inputSchema)
})

it('leaves alone what must be given, and what has no parameters', () => {
  const inputSchema = {
    type: 'object',
    properties: { it: { anyOf: nullable('string'), default: null } },
    required: ['it'],
  }
  expect(offeredSchema({ inputSchema, pinned: true })).toEqual(inputSchema)
  expect(offeredSchema({ inputSchema: { type: 'object' }, pinned: true })).toEqual({ type: 'object' })
})

it("takes nothing from the tool's own schema, by which arguments are checked", () => {
  const { inputSchema } = aTool()
  const before = structuredClone(inputSchema)
  offeredSchema({ inputSchema, pinned: true })
  expect(inputSchema).toEqual(before)
  expect(argumentProblems(inputSchema, { name: 'web', limit: null })).toEqual([])
  expect(argumentProblems(inputSchema, { name: 'web', limit: 'all' })).not.toEqual([])
})
