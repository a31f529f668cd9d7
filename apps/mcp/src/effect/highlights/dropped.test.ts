import { expect, it } from 'vitest'
import { droppedFacts } from './dropped.ts'
import { deploymentOf } from './highlights-of.fixture.ts'

const of = (container: object, name = 'app') => deploymentOf({ containers: [{ name, image: 'a:1', ...container }] })
const place = { group: 'what runs', path: '/spec/template/spec/containers/0', of: '/spec/template/spec/containers app' }

it.each<[string, object, object, string[]]>([
  ['its command', { command: ['a'], args: ['b'] }, { args: ['b'] }, ['no command any more: its image says what runs']],
  ['its arguments', { args: ['--auth'] }, { args: [] }, ['no args any more']],
  ['nothing', { command: ['a'] }, { command: ['b'] }, []],
  ['nothing, and gets a command', {}, { command: ['a'] }, []],
])('a container loses %s', (_, before, after, facts) => {
  expect(droppedFacts(of(before), of(after))).toEqual(facts.map((fact) => ({ ...place, fact })))
})

it('another container loses nothing, nor does one that comes or goes', () => {
  expect(droppedFacts(of({ command: ['a'] }), of({}, 'other'))).toEqual([])
  expect(droppedFacts(undefined, of({}))).toEqual([])
  expect(droppedFacts(of({ command: ['a'] }), undefined)).toEqual([])
})
