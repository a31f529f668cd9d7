import { expect, test } from 'vitest'
import { type ArgumentLine, argumentLines, secretParts } from './argument-lines.ts'

const shown = (lines: readonly ArgumentLine[]) =>
  lines
    .map(
      ({ indent, parts }) =>
        '  '.repeat(indent) + parts.map(({ text, isSecret }) => (isSecret ? `<${text}>` : text)).join(''),
    )
    .join('\n')

test('plain arguments are JSON with two spaces', () => {
  const args = { name: 'web', replicas: 5, tags: ['a', 'b'], none: null, deep: { yes: true, empty: {} } }
  expect(shown(argumentLines(args))).toBe(JSON.stringify(args, null, 2))
})

test('a text of several lines is a block, JSON in a text is YAML', () => {
  const lines = argumentLines({ manifest: 'kind: Pod\nspec: {}\n', changes: '[{"ref":{"name":"web"},"patch":[1,2]}]' })
  expect(shown(lines)).toBe(
    [
      '{',
      '  "manifest": |',
      '    kind: Pod',
      '    spec: {}',
      '  "changes": |',
      '    - ref:',
      '        name: web',
      '      patch:',
      '        - 1',
      '        - 2',
      '}',
    ].join('\n'),
  )
})

test('secrets are apart, wherever they stand', () => {
  const manifest = [
    'kind: Secret',
    'stringData:',
    '  user: "root"',
    '  key: |',
    '    line one',
    '    line two',
    'type: Opaque',
    '---',
    'kind: Pod',
    'spec:',
    '  env:',
    '    - name: DB_PASSWORD',
    '      value: hunter2',
    '  secretName: web',
  ].join('\n')
  const text = shown(argumentLines({ manifest, apiToken: 'abc', nested: { password: 'p\nq' } }))
  for (const secret of ['<"root">', '<    line one>', '<    line two>', '<hunter2>', '<"abc">', '<"p\\nq">']) {
    expect(text).toContain(secret)
  }
  for (const plain of ['type: Opaque', 'secretName: web', 'name: DB_PASSWORD']) expect(text).toContain(plain)
})

test('no character of a text is lost, YAML or not', () => {
  for (const text of ['a: b\nc', 'password: x # why\n- [', '\t:::', 'password: [a, b]\ntoken: |\n  x\n\n  y\n']) {
    const joined = secretParts(text)
      .map((parts) => parts.map((part) => part.text).join(''))
      .join('\n')
    expect(joined).toBe(text)
  }
})

test('lines name the argument they show, for the marks', () => {
  const lines = argumentLines({ image: 'x:1', list: [{ 'a/b': 'v' }] })
  expect(lines.flatMap(({ path }) => (path ? [path] : []))).toEqual(['/image', '/list', '/list/0', '/list/0/a~1b'])
})

test('no arguments are no lines', () => {
  for (const args of [null, undefined, {}, 'text', 7]) expect(argumentLines(args)).toEqual([])
})
