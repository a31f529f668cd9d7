import { expect, test } from 'vitest'
import { type Delivery, readDelivery } from './read-delivery.ts'

const web = { name: 'web', namespace: undefined }
const shopWeb = { name: 'web', namespace: 'shop' }

test.each<[question: string, Delivery]>([
  ['list the rollouts', { asks: 'rollouts', namespace: undefined }],
  ['Which Argo rollouts are there in shop?', { asks: 'rollouts', namespace: 'shop' }],
  ['how is the rollout web in namespace shop?', { asks: 'rollout', at: shopWeb }],
  ['Promote web.', { asks: 'promote', at: web }],
  ['please promote the rollout web in the shop namespace', { asks: 'promote', at: shopWeb }],
  ['could you fully promote web in shop?', { asks: 'promote fully', at: shopWeb }],
  ['promote web to the end', { asks: 'promote fully', at: web }],
  ['abort the rollout of web in shop, please', { asks: 'abort', at: shopWeb }],
  ['retry web', { asks: 'retry', at: web }],
  ['roll back the rollout web in shop to revision 3', { asks: 'undo rollout', at: shopWeb, revision: 3 }],
  ['show all helm releases in shop', { asks: 'releases', namespace: 'shop' }],
  ['history of release web', { asks: 'history', at: web }],
  ['what are the values of the release web in shop?', { asks: 'values', at: shopWeb }],
  ['rollback release web to 4', { asks: 'roll back release', at: web, revision: 4 }],
  ['roll back release web in shop to revision 4', { asks: 'roll back release', at: shopWeb, revision: 4 }],
  ['upgrade release web in shop', { asks: 'upgrade', at: shopWeb, chart: undefined, version: undefined, values: {} }],
  [
    'upgrade the release web in shop to charts/web 1.2.0 with image.tag=v2 and replicas=3',
    {
      asks: 'upgrade',
      at: shopWeb,
      chart: 'charts/web',
      version: '1.2.0',
      values: { 'image.tag': 'v2', replicas: '3' },
    },
  ],
  [
    'set image.tag=v2, replicas=3 on release web',
    { asks: 'upgrade', at: web, chart: undefined, version: undefined, values: { 'image.tag': 'v2', replicas: '3' } },
  ],
  ['list the jenkins jobs', { asks: 'jobs' }],
  ['show the last builds of shop/web', { asks: 'builds', job: 'shop/web' }],
  ['Why did the build of shop/web fail?', { asks: 'cause', job: 'shop/web', build: undefined }],
  ['why did build 41 of "shop/web build" fail?', { asks: 'cause', job: 'shop/web build', build: 41 }],
  ['why did shop/web #41 fail?', { asks: 'cause', job: 'shop/web', build: 41 }],
  ['show me the log of build 7 of shop/web', { asks: 'log', job: 'shop/web', build: 7 }],
  ['build shop/web', { asks: 'build', job: 'shop/web', parameters: {} }],
  [
    'Build shop/web with VERSION=2.0, DEBUG=true',
    { asks: 'build', job: 'shop/web', parameters: { VERSION: '2.0', DEBUG: 'true' } },
  ],
  ['stop build 7 of shop/web', { asks: 'stop build', job: 'shop/web', build: 7 }],
])('%s', (question, delivery) => {
  expect(readDelivery(question)).toEqual(delivery)
})

test.each([
  'promote web?',
  'do not promote web',
  'promote web if it is healthy',
  'promote web tomorrow',
  'should I abort web?',
  'abort',
  'abort web and api',
  'roll back web',
  'why is the rollout web degraded because of the image',
  'upgrade release web with care',
  'upgrade release web to 1.2.3 with image.tag=2 unless it fails',
  'roll back release web to revision four',
  'I would never build shop/web',
  'build shop/web with love',
  'stop build of shop/web',
  'list the deployments',
  'restart web',
])('%s is no such sentence', (question) => {
  expect(readDelivery(question)).toBeUndefined()
})
