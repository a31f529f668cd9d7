import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { sortColumn } from '../kubernetes/read/get/sort-rows.ts'
import { imagePairs } from '../kubernetes/write/set-image/image-pairs.ts'
import { commandWords } from './command-words.ts'
import { parseDocuments } from './documents.ts'
import { duration, timestamp } from './duration.ts'
import { fieldPath } from './field-path.ts'
import { freeText } from './free-text.ts'
import { image } from './image.ts'
import { InvalidInput } from './invalid-input.ts'
import { containerName, namespaceName, objectName, requireNameOfKind } from './names.ts'
import { inputSchemaOf, optional, required } from './parameter.ts'
import { pattern } from './pattern.ts'
import { portPairs } from './ports.ts'
import { readDocument, readDocuments } from './read-documents.ts'
import { bool, integer, oneOf, text } from './reader.ts'
import { readTypes, resourceType } from './resource-type.ts'
import { fieldSelector, labelSelector } from './selector.ts'

type Rule = (parameter: string, value: string) => unknown

/** The sentence of a refusal; a value that is accepted fails the test. */
function refusalOf(call: () => unknown): string {
  try {
    const value = call()
    throw new Error(`accepted as ${JSON.stringify(value)}`)
  } catch (error) {
    if (error instanceof InvalidInput) return error.message
    throw error
  }
}

const nameLetters = "A name has lower-case letters, digits, '-' and '.'."
const typeForm = "A type has letters, digits, '-' and '.', as in pods, deployments.apps or deployments.v1.apps."
const long = 'a'.repeat(300)
/** Thousands of rulings, on a machine that may be busy. */
const limit = { timeout: 120_000 }

test.each<[string, Rule, string, string]>([
  ['word, no-break space', objectName, 'web\u00a0', `p "web\u00a0" contains a space. ${nameLetters}`],
  ['word, byte order mark', objectName, '\ufeffweb', `p "\ufeffweb" contains a space. ${nameLetters}`],
  ['word, space', objectName, 'x --server=https://h', `p "x --server=https://h" contains a space. ${nameLetters}`],
  ['word, flag', resourceType, '--raw=/api', "p must not begin with '-'."],
  ['word, empty', objectName, '  ', `p must not be empty. ${nameLetters}`],
  ['word, newline', objectName, 'a\nb', `p "a\\nb" contains a control character. ${nameLetters}`],
  ['word, NUL', objectName, 'a\0b', `p "a\\u0000b" contains a control character. ${nameLetters}`],
  ['name, upper case', objectName, 'Web', `p "Web" is not a name. ${nameLetters}`],
  ['name, path', objectName, '../x', `p "../x" is not a name. ${nameLetters}`],
  ['name, slash', objectName, 'a/b', `p "a/b" is not a name. ${nameLetters}`],
  ['name, per cent', objectName, 'a%2fb', `p "a%2fb" is not a name. ${nameLetters}`],
  ['name, two dots', objectName, 'a..b', `p "a..b" is not a name. ${nameLetters}`],
  ['name, length', objectName, long, `p "${'a'.repeat(80)}…" has 300 characters. At most 253 are allowed.`],
  [
    'name, container',
    containerName,
    'a.b',
    'p "a.b" is not a container name. It has lower-case letters, digits and \'-\'.',
  ],
  ['type, letters', resourceType, 'pods,svc', `p "pods,svc" is not a type. ${typeForm}`],
  ['type, first', resourceType, '1pod', `p "1pod" is not a type. ${typeForm}`],
  ['type, reads, two slashes', readTypes, 'a/b/c', 'p "a/b/c" has more than one \'/\'. TYPE/NAME has one.'],
  ['type, reads, an empty type', readTypes, 'pods,', `p must not be empty. ${typeForm}`],
  ['type, reads, a list with a name', readTypes, 'pods,svc/a', `p "pods,svc" is not a type. ${typeForm}`],
  ['namespace, dot', namespaceName, 'a.b', 'p "a.b" is not a namespace. It has lower-case letters, digits and \'-\'.'],
  [
    'namespace, length',
    namespaceName,
    'a'.repeat(64),
    `p "${'a'.repeat(64)}" has 64 characters. At most 63 are allowed.`,
  ],
  ['selector, empty', labelSelector, ' ', 'p must not be empty.'],
  [
    'selector, open list',
    labelSelector,
    'a in b',
    'p "a in b" is not a label selector: expected \'(\' at character 6.',
  ],
  [
    'selector, unclosed list',
    labelSelector,
    'a in (b',
    "p \"a in (b\" is not a label selector: expected ',' or ')' at character 8.",
  ],
  [
    'selector, two keys',
    labelSelector,
    'a b',
    'p "a b" is not a label selector: expected \',\' or the end at character 3.',
  ],
  ['selector, no key', labelSelector, 'a=b,', 'p "a=b," is not a label selector: expected a label key at character 5.'],
  [
    'selector, bad key',
    labelSelector,
    '-a=b',
    'p "-a=b" is not a label selector: "-a" is not a label key at character 1.',
  ],
  [
    'selector, bad value',
    labelSelector,
    'a=b_',
    'p "a=b_" is not a label selector: "b_" is not a label value at character 3.',
  ],
  [
    'selector, a sign it has not',
    labelSelector,
    'a=b&c',
    'p "a=b&c" is not a label selector: unexpected "&" at character 4.',
  ],
  ['selector, a number', labelSelector, 'a>b', 'p "a>b" is not a label selector: expected an integer at character 3.'],
  [
    'selector, field without value',
    fieldSelector,
    'a=b,c',
    'p "a=b,c" is not a field selector: expected FIELD=VALUE or FIELD!=VALUE at character 5.',
  ],
  [
    'selector, field value',
    fieldSelector,
    'a=b=c',
    "p \"a=b=c\" is not a field selector: '=' and '\\' in a value need a '\\' before them at character 4.",
  ],
  ['selector, length', labelSelector, 'a'.repeat(1001), 'p has 1001 characters. At most 1000 are allowed.'],
  [
    'time, unit',
    duration,
    '5d',
    'p "5d" is not a duration. A duration is a number and a unit, ms, s, m or h, as in 90s or 1h30m, more than 0 and at most 720h.',
  ],
  [
    'time, nothing',
    duration,
    '0s',
    'p "0s" is out of range. A duration is a number and a unit, ms, s, m or h, as in 90s or 1h30m, more than 0 and at most 720h.',
  ],
  [
    'time, too long',
    duration,
    '721h',
    'p "721h" is out of range. A duration is a number and a unit, ms, s, m or h, as in 90s or 1h30m, more than 0 and at most 720h.',
  ],
  [
    'time, no zone',
    timestamp,
    '2026-01-31T10:00:00',
    'p "2026-01-31T10:00:00" is not a time. A time is written by RFC 3339, as in 2026-01-31T10:00:00Z.',
  ],
  [
    'time, no such day',
    timestamp,
    '2026-02-30T10:00:00Z',
    'p "2026-02-30T10:00:00Z" is not a time. A time is written by RFC 3339, as in 2026-01-31T10:00:00Z.',
  ],
  ['free text, NUL', freeText(10), 'a\0b', 'p must not contain NUL.'],
  ['free text, newline', freeText(10), 'a\nb', 'p must not contain a newline or another control character.'],
  ['free text, length', freeText(10), '12345678901', 'p has 11 characters. At most 10 are allowed.'],
  ['free text, pattern', pattern, 'a(b', 'p "a(b" is not a pattern of RE2: missing closing ) at character 1.'],
  [
    'free text, pattern further on',
    pattern,
    'ab[c',
    'p "ab[c" is not a pattern of RE2: missing closing ] at character 3.',
  ],
  [
    'free text, no look-ahead',
    pattern,
    '(?=a)',
    'p "(?=a)" is not a pattern of RE2: invalid or unsupported Perl syntax at character 1.',
  ],
])('%s', (_, rule, value, sentence) => {
  expect(refusalOf(() => rule('p', value))).toBe(sentence)
})

test(
  'a megabyte of anything in the midst of a value is ruled on in its own time, not in the square of it',
  limit,
  () => {
    const words: Rule[] = [objectName, containerName, resourceType, readTypes, duration, timestamp, image, portPairs]
    const rules: Rule[] = [...words, fieldPath, labelSelector, fieldSelector, imagePairs, sortColumn, commandWords]
    const pieces = [
      'a',
      ' ',
      '\t',
      '\n',
      '-',
      '.',
      '/',
      ',',
      '=',
      '(',
      '!',
      '0',
      ':',
      '[',
      '\\',
      '"',
      'a ',
      'a.',
      '\u00a0',
    ]
    for (const rule of rules) {
      for (const piece of pieces) {
        try {
          rule('p', `a${piece.repeat(2 ** 20 / piece.length)}b`)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInput)
        }
      }
    }
  },
)

test.each<[string, Rule, string, unknown]>([
  ['a name is trimmed', objectName, ' web-1.x ', 'web-1.x'],
  ['names of roles', objectName, 'system:controller:job-controller', 'system:controller:job-controller'],
  ['TYPE.VERSION.GROUP', resourceType, 'Deployments.v1.apps', 'Deployments.v1.apps'],
  ['a comma list', readTypes, 'pods,svc', { types: ['pods', 'svc'] }],
  ['TYPE/NAME', readTypes, 'deploy/web', { types: ['deploy'], name: 'web' }],
  [
    'every label operator',
    labelSelector,
    'a=b,c==d,e!=f,g in (h, i),j notin (k),l,!m,n>1,o<2,x.io/p=',
    'a=b,c==d,e!=f,g in (h, i),j notin (k),l,!m,n>1,o<2,x.io/p=',
  ],
  ['a label called in', labelSelector, 'in in (a)', 'in in (a)'],
  ['a field selector', fieldSelector, 'metadata.name=a,status.phase!=Running', 'metadata.name=a,status.phase!=Running'],
  ['escapes in a field selector', fieldSelector, 'a=b\\,c\\=d\\\\', 'a=b\\,c\\=d\\\\'],
  ['a duration', duration, '1h30m5s250ms', 5_405_250],
  ['a moment', timestamp, '2024-02-29T23:59:59.123+01:00', '2024-02-29T23:59:59.123+01:00'],
  ['free text like a flag', freeText(10), '--help -x', '--help -x'],
])('accepts %s', (_, rule, value, expected) => {
  expect(rule('p', value)).toEqual(expected)
})

test('only names of roles and bindings have colons', () => {
  for (const type of ['role', 'clusterroles', 'RoleBinding', 'clusterrolebindings.rbac.authorization.k8s.io'])
    expect(requireNameOfKind('name', 'system:node', type)).toBeUndefined()
  expect(refusalOf(() => requireNameOfKind('name', 'system:node', 'pods'))).toContain("contains ':'")
})

test('whatever the text, a rule accepts or refuses in one line, and what it accepts is no flag or path', limit, () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom('--help', '-x', 'a b', 'a --b=c', '../x', 'a\nb', '', long.repeat(40)),
  )
  const plain: Rule[] = [objectName, namespaceName, containerName, resourceType]
  const others: Rule[] = [
    readTypes,
    labelSelector,
    fieldSelector,
    duration,
    timestamp,
    freeText(100),
    pattern,
    parseDocuments,
  ]
  fc.assert(
    fc.property(hostile, (value) => {
      for (const rule of plain) {
        const accepted = outcomeOf(rule, value)
        if (accepted !== undefined) expect(accepted).toMatch(/^[A-Za-z0-9][-A-Za-z0-9.:]*$/)
      }
      for (const rule of others) outcomeOf(rule, value)
    }),
    { numRuns: 500 },
  )
})

function outcomeOf(rule: Rule, value: string): unknown {
  try {
    return rule('p', value)
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInput)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a sentence must be one readable line
    expect((error as Error).message).not.toMatch(/[\u0000-\u001f]/)
    expect((error as Error).message.length).toBeLessThan(600)
    return undefined
  }
}

const at = (line: number, column: number, problem: string) =>
  `p is not valid YAML: line ${line}, column ${column}: ${problem}.`

test.each([
  [
    'syntax',
    'a: 1\nb: [1',
    at(2, 6, 'Flow sequence in block collection must be sufficiently indented and end with a ]'),
  ],
  ['a key given twice', 'a: 1\na: 2', at(2, 1, 'Map keys must be unique')],
  ['a key given twice in JSON', '{"a":1,"a":2}', at(1, 8, 'Map keys must be unique')],
  ['a custom tag', 'a: !foo x', at(1, 4, 'Unresolved tag: !foo')],
  ['a tag that makes bytes', 'a: !!binary aGk=', at(1, 13, 'the tag "tag:yaml.org,2002:binary" is not allowed')],
  ['a key that is no word', '? {a: b}\n: c', at(1, 3, 'With stringKeys, all keys must be strings')],
  ['an alias of nothing', 'a: *b', at(1, 4, 'no anchor "b" stands before this alias')],
  ['an alias in its own anchor', 'a: &x [*x]', at(1, 8, 'the alias stands within its own anchor')],
  ['aliases without end', `a: &a x\nb: [${Array(101).fill('*a').join(', ')}]`, at(2, 405, 'more than 100 aliases')],
  [
    'an octal of YAML 1.1',
    'mode: 0644',
    at(1, 7, '"0644" is octal to YAML 1.1 and decimal to YAML 1.2; write 0o644 or 420'),
  ],
  [
    'a number too large',
    'n: 12345678901234567890',
    at(1, 4, '"12345678901234567890" is too large to be handed on exactly'),
  ],
  ['what JSON has no number for', 'n: .inf', at(1, 4, '".inf" is not a number of JSON')],
  ['half a character', '"a": "\\ud800"', at(1, 6, 'the text is not valid Unicode')],
  ['YAML 1.1', '%YAML 1.1\n---\na: yes', at(2, 1, 'YAML 1.1 is not read here, only 1.2')],
  ['depth', '['.repeat(20_000), expect.stringMatching(/column \d+: it is nested too deeply\.$/)],
  ['lists within lists', `${'['.repeat(500)}${']'.repeat(500)}`, at(1, 401, 'it is nested too deeply')],
  ['maps within maps', `${'{a: '.repeat(300)}1${'}'.repeat(300)}`, at(1, 798, 'it is nested too deeply')],
  ['a merge of what is no map', 'a: {<<: [x]}', at(1, 1, 'what << merges is no map')],
  ['size', `a: ${'x'.repeat(1024 * 1024)}`, 'p has 1048579 bytes. At most 1048576 are allowed.'],
])('a document: %s', (_, source, sentence) => {
  expect(refusalOf(() => parseDocuments('p', source))).toEqual(sentence)
})

test('aliases that multiply are refused, not expanded', () => {
  const levels = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(',')}]`)
  expect(refusalOf(() => parseDocuments('p', ['l0: &l0 [x]', ...levels].join('\n')))).toBe(
    at(1, 1, 'its aliases expand to too much'),
  )
  const long = `a: &a ${'x'.repeat(40_000)}\nb: [${Array(90).fill('*a').join(', ')}]`
  expect(refusalOf(() => parseDocuments('p', long))).toBe(at(1, 1, 'its aliases expand to too much'))
})

const reader = { signal: new AbortController().signal, readingTurn: async () => () => undefined }

test('documents are told apart, empty ones are left out, JSON and merge keys are read', async () => {
  expect(parseDocuments('p', '---\n# nothing\n---\na: &x {b: 1}\nc: {<<: *x, d: yes}\n---\n{"e": 0o17}\n')).toEqual([
    { value: { a: { b: 1 }, c: { b: 1, d: 'yes' } }, line: 4 },
    { value: { e: 15 }, line: 7 },
  ])
  expect(await readDocument('p', '[1]', reader)).toEqual([1])
  await expect(readDocument('p', 'a: 1\n---\nb: 2', reader)).rejects.toThrow('p must be one document, got 2.')
  expect(Object.getPrototypeOf(await readDocument('p', '__proto__: {x: 1}', reader))).toBe(Object.prototype)
})

/** Made to take the parser long. */
const slow = {
  'many keys': [Array.from({ length: 60_000 }, (_, key) => `k${key}: 1`).join('\n'), undefined],
  'keys given twice, at the end of many': [
    [...Array.from({ length: 30_000 }, (_, key) => `k${key}: 1`), 'k7: 2'].join('\n'),
    'p is not valid YAML: line 30001, column 1: Map keys must be unique.',
  ],
  'faults one after another': [`[${','.repeat(50_000)}`, /^p is not valid YAML: line 1, column 3: Unexpected ,/],
} as const
test.each(Object.entries(slow))(
  'while a long text is read others are served: %s',
  limit,
  async (_, [source, sentence]) => {
    let isRead = false
    const end = () => {
      isRead = true
    }
    const read = readDocuments('p', source, reader)
    read.then(end, end)
    let served = 0
    for (; !isRead; served++) await setImmediate()
    expect(served).toBeGreaterThan(10)
    if (sentence === undefined) expect((await read).map(({ line }) => line)).toEqual([1])
    else await expect(read).rejects.toThrow(sentence)
  },
)

test('any JSON is read as itself', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, noUnicodeString: false }), (value) => {
      fc.pre(JSON.stringify(value).isWellFormed() && !/\d(e|\d{16})/i.test(JSON.stringify(value)) && value !== null)
      expect(parseDocuments('p', JSON.stringify(value))).toEqual([
        { value: JSON.parse(JSON.stringify(value)), line: 1 },
      ])
    }),
  )
})

const input = z.object({
  name: required('name', text(objectName)),
  replicas: required('replicas', integer(0, 10_000), { description: 'how many' }),
  namespace: optional('namespace', text(namespaceName), null, { wireDefault: 'default' }),
  output: optional('output', oneOf(['wide', 'yaml', 'json', 'name']), null),
  previous: optional('previous', bool, false),
})

const good = { name: 'web', replicas: 3 }

test.each([
  ['an int as text', { replicas: ' 5 ' }, { replicas: 5 }],
  ['a bool as text', { previous: 'TRUE' }, { previous: true }],
  [
    'null for a default',
    { previous: null, namespace: null, output: null },
    { previous: false, namespace: null, output: null },
  ],
  ['an enum in any case', { output: ' YAML ' }, { output: 'yaml' }],
])('is lenient with %s', (_, given, expected) => {
  expect(input.parse({ ...good, ...given })).toEqual({
    ...good,
    namespace: null,
    output: null,
    previous: false,
    ...expected,
  })
})

test.each([
  [{ replicas: -3 }, 'replicas must be between 0 and 10000, got -3.'],
  [{ replicas: '1e9' }, 'replicas must be an integer between 0 and 10000, got "1e9".'],
  [{ replicas: 1.5 }, 'replicas must be an integer between 0 and 10000, got 1.5.'],
  [{ replicas: null }, 'replicas is required.'],
  [{ name: undefined }, 'name is required.'],
  [{ name: 5 }, 'name must be a string, got 5.'],
  [{ name: ['a'] }, 'name must be a string, got ["a"].'],
  [{ output: 'csv' }, 'output "csv" is not one of json, name, wide, yaml.'],
  [{ output: '' }, 'output "" is not one of json, name, wide, yaml.'],
  [{ output: 7 }, 'output 7 is not one of json, name, wide, yaml.'],
  [{ previous: 'yes' }, 'previous must be true or false, got "yes".'],
  [{ previous: 1 }, 'previous must be true or false, got 1.'],
])('%j is refused with a whole sentence', (given, sentence) => {
  expect(input.safeParse({ ...good, ...given }).error?.issues[0]?.message).toBe(sentence)
})

test('the schema on the wire has the type first, null after it, the default, and nothing that a rule checks anyway', () => {
  expect(inputSchemaOf(input)).toEqual({
    type: 'object',
    properties: {
      name: { type: 'string' },
      replicas: { description: 'how many', type: 'integer' },
      namespace: { anyOf: [{ type: 'string' }, { type: 'null' }], default: 'default' },
      output: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null },
      previous: { anyOf: [{ type: 'boolean' }, { type: 'null' }], default: false },
    },
    required: ['name', 'replicas'],
    additionalProperties: false,
  })
})
