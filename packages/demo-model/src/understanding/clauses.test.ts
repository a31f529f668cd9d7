import { expect, test } from 'vitest'
import { clausesOf } from './clauses.ts'

const names = new Set(['web', 'mail', 'import-7'])

test.each<[question: string, clauses: string[]]>([
  ['repair web and afterwards scale it to 3', ['repair web', 'scale it to 3']],
  ['restart web; delete the job import-7', ['restart web;', 'delete the job import-7']],
  ['in lab: scale web to 2, then restart mail', ['in lab: scale web to 2', 'restart mail']],
  ['Dear all. Bounce web, then print its logs.', ['Dear all. Bounce web', 'print its logs.']],
  ['delete the job import-7 and tell me why web is down', ['delete the job import-7', 'tell me why web is down']],
  ['bump web to v1.2.3 and restart mail. It is urgent.', ['bump web to v1.2.3', 'restart mail. It is urgent.']],
])('"%s" asks for several things, one after the other', (question, clauses) => {
  expect(clausesOf(question, names)).toEqual(clauses)
})

test.each([
  'find out what web lacks and fix it',
  'tell me why web is down and fix it',
  'scale web to 3 and mail to 2',
  'web is down. Fix it.',
  'undo the roll-out of web, change nothing else',
  'fix and restart web',
])('"%s" is one request', (question) => {
  expect(clausesOf(question, names)).toEqual([question])
})
