import { expect, test } from 'vitest'
import type { Survey } from '../cluster/survey.ts'
import { understand } from '../understanding/understand.ts'
import { chooseObject } from './choose-object.ts'
import { focusOf } from './focus.ts'

const named = (kind: string, name: string, namespace: string) => ({ kind, name, namespace })
const objects = [
  named('Deployment', 'web', 'market'),
  named('Service', 'web', 'market'),
  named('Deployment', 'mail', 'market'),
  named('Deployment', 'mail', 'lab'),
]
const survey: Survey = { namespaces: ['market', 'lab'], objects, isPart: false }

test.each<[question: string, chosen: object]>([
  ['restart the web service', { ref: objects[0] }],
  ['restart mail in lab', { ref: objects[3] }],
  ['restart mail', { sentence: expect.stringMatching(/^Which one .*`market\/mail`.*`lab\/mail`/) }],
  ['restart web in production', { sentence: expect.stringContaining('There is no namespace `production`') }],
  ['restart all', { sentence: expect.stringMatching(/never all of them.*`market\/web`/) }],
  ['restart attic', { sentence: expect.stringContaining('no object here that fits `attic`') }],
])('"%s" is for one object, or for none', (question, chosen) => {
  const understood = understand(question, new Set(objects.map(({ name }) => name)))
  const request = { understood, survey, focus: focusOf(understood, survey), offered: new Set<string>() }
  expect(chooseObject(request, ['Deployment'])).toEqual(chosen)
})
