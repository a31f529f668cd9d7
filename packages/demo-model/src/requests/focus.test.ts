import { expect, test } from 'vitest'
import type { Survey } from '../cluster/survey.ts'
import { understand } from '../understanding/understand.ts'
import { eachObject } from './each-object.ts'
import { focusOf } from './focus.ts'
import { missingText } from './unknown-names.ts'

const objects = ['web', 'orders', 'mail'].flatMap((name) =>
  ['Deployment', 'Service'].map((kind) => ({ kind, name, namespace: 'market' })),
)
const survey: Survey = { namespaces: ['market', 'lab', 'kube-system'], objects, isPart: false }

function focusIn(question: string) {
  const understood = understand(question, new Set(objects.map(({ name }) => name)))
  return { understood, focus: focusOf(understood, survey) }
}

test.each([
  ['what is the matter in the namespace orders-eu', { elsewhere: 'orders-eu' }],
  ['restart web in production', { elsewhere: 'production' }],
  ['restart attic/web', { elsewhere: 'attic' }],
  ['is the attic namespace healthy', { elsewhere: 'attic' }],
  ['is indexer slow?', { stranger: 'indexer' }],
  ['is there a pod called indexer', { stranger: 'indexer' }],
  ['is market slow?', {}],
  ['why is my app slow?', {}],
  ['is everything fine in the market namespace?', {}],
  ['restart deployment/web in the namespace market', {}],
  ['why is web slow in this namespace', {}],
])('"%s" speaks of what is not there: %o', (question, strangers) => {
  const { focus } = focusIn(question)
  expect(focus).toMatchObject({ stranger: undefined, elsewhere: undefined, ...strangers })
  const said = missingText(focus, survey)
  for (const word of Object.values(strangers)) expect(said).toContain(`\`${word}\``)
  expect(said === '').toBe(Object.keys(strangers).length === 0)
})

test('one name may be meant twice, as two kinds', () => {
  const { understood, focus } = focusIn('delete the service web and the deployment web')
  const requests = eachObject({ understood, focus, survey, offered: new Set() })
  expect(requests.map((one) => one.focus.objects.map(({ ref: { kind } }) => kind))).toEqual([
    ['Service'],
    ['Deployment'],
  ])
})

test.each<[question: string, each: [name: string, numbers: number[]][]]>([
  [
    'scale web, orders and mail to 3',
    [
      ['web', [3]],
      ['orders', [3]],
      ['mail', [3]],
    ],
  ],
  [
    'scale web to 2 and the orders deployment to 4',
    [
      ['web', [2]],
      ['orders', [4]],
    ],
  ],
  ['restart web so that orders is reached', [['web', []]]],
  [
    'restart the pods of web and orders',
    [
      ['web', []],
      ['orders', []],
    ],
  ],
])('"%s" is done to each', (question, each) => {
  const { understood, focus } = focusIn(question)
  const requests = eachObject({ understood, focus, survey, offered: new Set() })
  expect(
    requests.map(
      ({
        focus: {
          objects: [best],
        },
        understood: { numbers },
      }) => [best?.ref.name, numbers],
    ),
  ).toEqual(each)
})
