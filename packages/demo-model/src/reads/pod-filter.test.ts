import { expect, test } from 'vitest'
import type { Survey } from '../cluster/survey.ts'
import type { Reply } from '../plan/plan.ts'
import { focusOf } from '../requests/focus.ts'
import { understand } from '../understanding/understand.ts'
import { podFilter } from './pod-filter.ts'

const objects = [{ kind: 'Deployment', name: 'web', namespace: 'market' }]
const survey: Survey = { namespaces: ['market'], objects, isPart: false }
const web = { kind: 'Deployment', metadata: objects[0], spec: { selector: { matchLabels: { app: 'web' } } } }
const replies: Readonly<Record<string, string>> = { nodes: 'node/n-1\nnode/n-2', deployment: JSON.stringify(web) }

test.each<[question: string, filter: object]>([
  ['which pods run on n-2', { args: { field_selector: 'spec.nodeName=n-2' } }],
  ['which pods run on the node n-7', { sentence: 'There is no node `n-7`; there are `n-1`, `n-2`.' }],
  ['pods of web', { args: { namespace: 'market', label_selector: 'app=web' } }],
  ['how many pods are there', { args: {} }],
])('"%s" is about %o', (question, filter) => {
  const understood = understand(question, new Set(['web']))
  const plan = podFilter({ understood, survey, focus: focusOf(understood, survey), offered: new Set() })
  let next = plan.next([])
  while (!next.done) {
    const answers = next.value.calls.map(({ args }): Reply => {
      return { kind: 'answered', text: replies[String(args.resource_type)] ?? '' }
    })
    next = plan.next(answers)
  }
  expect(next.value).toMatchObject(filter)
})
