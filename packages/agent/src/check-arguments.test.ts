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
