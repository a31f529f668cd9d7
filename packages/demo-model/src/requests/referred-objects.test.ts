import { expect, test } from 'vitest'
import type { Survey } from '../cluster/survey.ts'
import { agreesToFinding, referredObjects } from './referred-objects.ts'

const objects = ['web', 'orders', 'mail'].map((name) => ({ kind: 'Deployment', name, namespace: 'market' }))
const survey: Survey = { namespaces: ['market'], objects, isPart: false }

const finding = '### Deployment `market/orders` cannot start.\n\n- Service `market/web`: 0 ready endpoints'
const choice = 'Which one do you mean: Deployment `market/web`, Deployment `market/orders`?'

test.each<[before: string, exchanges: [question: string, answer: string][], meant: string | undefined]>([
  ['what the person named', [['how is mail?', finding]], 'mail'],
  ['what a finding is about', [['how is everything?', finding]], 'orders'],
  ['the only one of an answer', [['anything new?', 'Done: Deployment `market/web` scaled.']], 'web'],
  ['none of several', [['restart', choice]], undefined],
  [
    'what was named before it was asked back',
    [
      ['restart', choice],
      ['show mail', ''],
    ],
    'mail',
  ],
])('"it" is %s', (_, exchanges, meant) => {
  const before = exchanges.map(([question, answer]) => ({ question, answer }))
  expect(referredObjects(before, survey)[0]?.ref.name).toBe(meant)
})

test.each<[question: string, answer: string, isAgreed: boolean]>([
  ['yes, go ahead', finding, true],
  ['ok', 'I propose to restart the pods of Deployment `market/web`.', true],
  ['yes', 'I propose no change: I did not understand this as a plain order.', false],
  ['yes', choice, false],
  ['yes and no', finding, false],
  ['yes?', finding, false],
  ['ok? go ahead', finding, false],
  ['go ahead?', finding, false],
])('"%s" to "%s" agrees to what was found: %s', (question, answer, isAgreed) => {
  expect(agreesToFinding(question, [{ question: 'how is everything?', answer }])).toBe(isAgreed)
})
