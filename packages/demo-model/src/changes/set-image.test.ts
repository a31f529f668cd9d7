import { expect, test } from 'vitest'
import type { Survey } from '../cluster/survey.ts'
import { isCommand } from '../commands/command.ts'
import { understand } from '../understanding/understand.ts'
import { ordersOf } from './orders.ts'
import { setImage } from './set-image.ts'

const digest = `sha256:${'a'.repeat(64)}`
const survey: Survey = {
  namespaces: ['market'],
  objects: [{ kind: 'Deployment', name: 'web', namespace: 'market' }],
  isPart: false,
}
const workload = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'market' },
  spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example:5000/shop/web:1.2' }] } } },
}

/** What the change sets, where the Deployment is read as above. */
function imageSet(question: string): unknown {
  const { command } = understand(question, new Set(['web']), new Set(survey.namespaces))
  if (!isCommand(command)) throw new Error(`no order: ${question}`)
  const known = { survey, offered: new Set(['k8s_set_image']), meant: [], isAlone: true }
  const { done, value: orders } = ordersOf(command, known).next([])
  const [order] = done && Array.isArray(orders) ? orders : []
  if (order === undefined) throw new Error(`not understood: ${question}`)
  const plan = setImage(order)
  const read = plan.next([])
  expect(read.value).toMatchObject({ calls: [{ tool: 'k8s_get' }] })
  const { value } = plan.next([{ kind: 'answered', text: JSON.stringify(workload) }])
  return typeof value === 'string' ? value : value.calls[0]?.args.container_images
}

test.each([
  ['set the image of web to 1.3', 'app=registry.example:5000/shop/web:1.3'],
  ['set the image of web to web:1.3', 'app=registry.example:5000/shop/web:1.3'],
  [`set the image of web to web@${digest}`, `app=registry.example:5000/shop/web@${digest}`],
  ['set the image of web to nginx:1.27', 'app=nginx:1.27'],
  ['set the image of web to other.example:5000/web:1.3', 'app=other.example:5000/web:1.3'],
])('"%s" sets %s', (question, image) => {
  expect(imageSet(question)).toBe(image)
})
