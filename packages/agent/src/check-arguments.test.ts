import { expect, test } from 'vitest'
import { argumentProblems } from './check-arguments.ts'

const schema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    replicas: { type: 'integer' },
    dry_run: { anyOf: [{ type: 'boolean' }, { type: 'null' }], default: false },
  },
}

test('says where in an argument the fault is, and what else may be wrong', () => {
  const nested = {
    type: 'object',
    properties: {
      ports: { type: 'array', items: { type: 'object', properties: { port: { type: 'integer' } } } },
      count: { type: 'integer', minimum: 1 },
      any: {},
      some: { anyOf: [{ type: 'string' }, { const: 7 }] },
    },
    additionalProperties: false,
  }
  expect(argumentProblems(nested, { ports: [{ port: 'x' }] })).toEqual([expect.stringMatching(/^ports\.0\.port: /)])
  expect(argumentProblems(nested, { count: 0 })).toEqual([expect.stringMatching(/^count: Too small/)])
  expect(argumentProblems(nested, { some: true })).toEqual(['some must be of type string'])
  expect(argumentProblems(nested, 'all')).toEqual([expect.stringMatching(/^arguments: /)])
  expect(argumentProblems(nested, { a: 1, b: 2 })).toEqual([
    'unknown parameter "a", "b"; known are ports, count, any, some',
  ])
  expect(argumentProblems({ type: 'object' }, { a: 1 })).toEqual(['unknown parameter "a"; known are none'])
})

test('says what is wrong with a parameter that the schema knows only by a pattern', () => {
  const schema = { type: 'object', patternProperties: { '^x': { type: 'string' } } }
  expect(argumentProblems(schema, { x1: 7 })).toEqual([expect.stringMatching(/^x1: Invalid input/)])
  expect(argumentProblems(schema, { x1: '7' })).toEqual([])
})

test.each<[args: unknown, problems: string[]]>([
  [{ name: 'web' }, []],
  [{ name: 'web', dry_run: null }, []],
  [{}, ['name must be of type string']],
  [{ name: 'web', replicas: '3' }, ['replicas must be of type integer']],
  [{ name: 'web', dry_run: 'false' }, ['dry_run must be of type boolean or null']],
  [JSON.parse('{"name":"web","__proto__":{}}'), ['unknown parameter "__proto__"; known are name, replicas, dry_run']],
  [{ name: 'web', grant: 'x' }, ['unknown parameter "grant"; known are name, replicas, dry_run']],
  [
    { replicas: true, grant: 'x' },
    [
      'name must be of type string',
      'replicas must be of type integer',
      'unknown parameter "grant"; known are name, replicas, dry_run',
    ],
  ],
])('%j: %j', (args, problems) => {
  expect(argumentProblems(schema, args)).toEqual(problems)
})
