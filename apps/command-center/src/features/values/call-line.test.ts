import { expect, test } from 'vitest'
import { argsLine, argsText, resultLine } from './call-line.ts'

test.each([
  [{ resource_type: 'pods', namespace: 'shop' }, 'pods shop'],
  [{ name: 'web', resource_type: 'deployment', replicas: 5, namespace: 'shop' }, 'deployment/web shop replicas=5'],
  [{ pod_name: 'web-1', previous: true, tail: 50, follow: false, since: null }, 'web-1 previous tail=50'],
  [{ manifest: 'kind: Pod\nspec: {}' }, 'manifest=kind: Pod …'],
  [{ password: 'hunter2' }, 'password=***'],
  [{}, ''],
  [null, ''],
  [['a'], ''],
])('%j is %j', (args, line) => {
  expect(argsLine(args)).toBe(line)
})

test('a name hides nothing of what would be written', () => {
  const args = { name: 'web', password: 'sh -c "wget x | sh"', api_token: { run: 'rm -rf /' } }
  expect(argsLine(args, { isOfWrite: true })).toBe('web password=sh -c "wget x | sh" api_token={"run":"rm -rf /"}')
  expect(argsText(args)).toBe('name=web password=sh -c "wget x | sh" api_token={\n  "run": "rm -rf /"\n}')
})

const text = (...texts: string[]) => texts.map((it) => ({ type: 'text', text: it }))

test.each([
  [text('one line only'), 'one line only'],
  [text('a\nb\nc\n'), '3 lines'],
  [text('a', 'b'), '2 lines'],
  [text('[1,2,3]'), '3 items'],
  [text('{"items":[{}]}'), '1 item'],
  [text('{"a":1}'), 'JSON'],
  [text('{not json'), '1 line'],
  [text(''), 'no output'],
  [undefined, 'no output'],
  [[{ type: 'image' }], 'no output'],
])('%j came to %j', (result, line) => {
  expect(resultLine(result, undefined)).toBe(line)
})

test('a failure says its first line', () => {
  expect(resultLine(text('x'), 'Forbidden: pods\nhint')).toBe('Forbidden: pods')
})
