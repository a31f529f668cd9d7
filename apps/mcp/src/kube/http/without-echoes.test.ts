import { expect, test } from 'vitest'
import { withoutEchoes } from './without-echoes.ts'

test.each([
  [
    'a whole object',
    'patch: Invalid value: "{\\"data\\":{\\"a\\":\\"eA==\\"}}": json: no',
    'patch: Invalid value: ***: json: no',
  ],
  ['a map of Go', 'patch: Invalid value: "map[data:map[x:5]]": no', 'patch: Invalid value: ***: no'],
  [
    'all below a field',
    'spec: Invalid value: {"Env":[{"Name":"A","Value":"}: \\" x"}]}: field is immutable',
    'spec: Invalid value: ***: field is immutable',
  ],
  [
    'a value as Go has it',
    'a: Invalid value: core.PodSpec{X:[]core.Y{core.Y{Z:"b"}}}: no',
    'a: Invalid value: ***: no',
  ],
  ['a list as Go has it', 'a: Invalid value: []string{"b", "c"}: no', 'a: Invalid value: ***: no'],
  [
    'several',
    '[a: Invalid value: {"b":1}: no, c: Duplicate value: {"d":2}]',
    '[a: Invalid value: ***: no, c: Duplicate value: ***]',
  ],
  ['one that is cut off', 'a: Invalid value: {"b":"c', 'a: Invalid value: ***'],
  ['what was written in place of a map', '.data: expected map, got &{secret {x}}', '.data: expected map, got ***'],
  [
    'no word',
    'type: Invalid value: "tls": no, x: Unsupported value: 5: no',
    'type: Invalid value: "tls": no, x: Unsupported value: 5: no',
  ],
])('leaves out %s', (_, text, expected) => {
  expect(withoutEchoes(text)).toBe(expected)
})

test.each(['Invalid value: ', 'Invalid value: {', 'Invalid value: "{', '[', 'got &{'])(
  'takes linear time over %j',
  (part) => {
    const text = part.repeat(Math.ceil(100_000 / part.length))
    const started = performance.now()
    withoutEchoes(text)
    expect(performance.now() - started).toBeLessThan(500)
  },
)
