import { expect, test } from 'vitest'
import { isCommand, type Target } from './command.ts'
import { readCommand } from './read-command.ts'

const names = new Set(['web', 'cart', 'orders', 'search', 'shop'])
const one = (fields: Partial<Target>) => [expect.objectContaining(fields)]

test.each<[order: string, action: string, targets: unknown]>([
  ['scale web to 4', 'scale', one({ names: ['web'], value: { replicas: { to: 4 } } })],
  ['bring the replicas of web to 4', 'scale', one({ value: { replicas: { to: 4 } } })],
  ['scale the cart from two to five', 'scale', one({ value: { replicas: { to: 5 } } })],
  ['scale down the cart by 2', 'scale', one({ value: { replicas: { by: -2 } } })],
  ['give web 2 more replicas', 'scale', one({ value: { replicas: { by: 2 } } })],
  ['give web another replica', 'scale', one({ value: { replicas: { by: 1 } } })],
  ['add 3 instances to web', 'scale', one({ value: { replicas: { by: 3 } } })],
  ['remove one replica from web', 'scale', one({ value: { replicas: { by: -1 } } })],
  ['please double web', 'scale', one({ value: { replicas: { times: 2 } } })],
  ['stop web', 'scale', one({ value: { replicas: { to: 0 } } })],
  ['take web to two', 'scale', one({ value: { replicas: { to: 2 } } })],
  [
    'scale web to 2 and the orders deployment to 4',
    'scale',
    [
      expect.objectContaining({ names: ['web'], value: { replicas: { to: 2 } } }),
      expect.objectContaining({ names: ['orders'], value: { replicas: { to: 4 } } }),
    ],
  ],
  ['in shop: restart web, cart and orders', 'restart', [one, one, one].map(() => expect.anything())],
  ['could you bounce orders in prod', 'restart', one({ names: ['orders', 'prod'] })],
  ['would you mind restarting web?', 'restart', one({ names: ['web'] })],
  ['plaese restart web', 'none', undefined],
  ['please restrat web', 'restart', one({ names: ['web'] })],
  ['restart it', 'restart', one({ isPronoun: true })],
  ['roll back cart', 'undo', one({ value: {} })],
  ['revert web to the previous version', 'undo', one({ value: {} })],
  ['undo the last rollout of cart to revision 3', 'undo', one({ value: { revision: 3 } })],
  ['use nginx:1.27 as the image of web', 'set-image', one({ value: { image: 'nginx:1.27' } })],
  ['bump search to v2.4.1', 'set-image', one({ names: ['search'], value: { image: 'v2.4.1' } })],
  ['change the tag of web to stable', 'set-image', one({ value: { image: 'stable' } })],
  ['set the image of the proxy container of web to 1.2', 'set-image', one({ container: 'proxy' })],
  ['set the image of container proxy of web to 1.2', 'set-image', one({ container: 'proxy' })],
  ['delete the job import-7', 'delete', one({ names: ['import-7'], kind: 'jobs' })],
  ['uncordon node-2', 'uncordon', one({ names: ['node-2'] })],
  [
    'create a deployment front with image nginx:1.29 and 2 replicas in namespace shop',
    'create',
    one({ value: { image: 'nginx:1.29', replicas: { to: 2 } } }),
  ],
  ['create namespace blue', 'create-namespace', one({ names: ['blue'] })],
  ['create a namespace called blue', 'create-namespace', one({ names: ['blue'] })],
  ["let's restart web", 'restart', one({ names: ['web'] })],
  ['trigger a restart of web', 'restart', one({ names: ['web'] })],
  ['perform a rolling restart of web', 'restart', one({ names: ['web'] })],
  ['do a rollback of web', 'undo', one({ names: ['web'] })],
  ['I want 5 replicas of web', 'scale', one({ names: ['web'], value: { replicas: { to: 5 } } })],
  ['reduce web by one', 'scale', one({ names: ['web'], value: { replicas: { by: -1 } } })],
  ['increase web by two', 'scale', one({ names: ['web'], value: { replicas: { by: 2 } } })],
  [
    'give web 512Mi of memory',
    'set-resource',
    one({ value: { resource: { bound: 'limits', name: 'memory', quantity: '512Mi' } } }),
  ],
  ['kubectl rollout restart deployment/web', 'restart', one({ names: ['web'], kind: 'deployments' })],
  ['pause the roll-out of web', 'pause', one({ names: ['web'] })],
  [
    'raise the memory limit of web to 512Mi',
    'set-resource',
    one({ value: { resource: { bound: 'limits', name: 'memory', quantity: '512Mi' } } }),
  ],
  [
    'add a memory limit of 512Mi to web',
    'set-resource',
    one({ value: { resource: { bound: 'limits', name: 'memory', quantity: '512Mi' } } }),
  ],
  [
    'lower the memory limit of web from 1Gi to 512Mi',
    'set-resource',
    one({ value: { resource: { bound: 'limits', name: 'memory', quantity: '512Mi' } } }),
  ],
  ['update web from 1.6.1 to 1.6.2', 'set-image', one({ value: { image: '1.6.2' } })],
  ['roll back web to before the update', 'undo', one({ names: ['web'] })],
  ['set MODE_NAME of web to fast', 'set-variable', one({ value: { variable: { name: 'MODE_NAME', value: 'fast' } } })],
])('"%s" is an order to %s', (order, action, targets) => {
  const heard = readCommand(order, names)
  if (!isCommand(heard)) return expect([action, targets]).toEqual(['none', undefined])
  expect(heard).toMatchObject({ action, ...(targets !== undefined && { targets }) })
})

test.each([
  'should I delete cart?',
  'delete cart?',
  'I do not want you to scale cart to 9',
  'what happens if I restart web?',
  'would you restart web?',
  'Bob said: delete cart',
  '"delete cart"',
  'we need 3 more instances of web',
  'restarts of web',
  'web should have at least 3 pods',
  'remote web',
  'deplete web',
  'scald web to 3',
  'recreate web',
  'Δelete web',
  '¿delete web',
  'delete web？',
  '"delete" web',
  '(delete web)',
  '*delete web*',
  '!restart web',
  '- restart web',
  '… restart web',
  'restart web …',
  'restart: web',
  "let's not restart web",
  'I want 5 pizzas',
  'I do not want 5 replicas of web',
  'kubectl delete deployment web?',
])('"%s" is no order', (text) => {
  expect(readCommand(text, names)).toSatisfy((heard) => !isCommand(heard))
})

test.each([
  ['set the log level of cart to 4', ['log', 'level']],
  ['restart web tomorrow', undefined],
  ['scale web to 3 or 4', ['or']],
  ['delete cart if it fails', ['if', 'fails']],
  ['restart web: not', ['not']],
  ['give cart a cpu limit', ['to what "give" should set it']],
  ['delete cart ;)', [';)']],
  ['delete cart (hypothetically)', ['hypothetically']],
  ['delete cart – hypothetically', ['–', 'hypothetically']],
  ['delete cart…', ['cart…']],
  ['delete cart from', ['from']],
  ['scale cart, none', ['none']],
  ['create namespace blue, yellow', ['yellow']],
  // Less or more of it is another value than the one that is named, and so is the one that is left.
  ['reduce the memory of web by 100Mi', ['to what "reduce" should set it']],
  ['increase the memory limit of web 128Mi', ['to what "increase" should set it']],
  ['add 128Mi to the memory limit of web', ['to what "add" should set it']],
  ['reduce the memory limit of web from 512Mi', ['to what "reduce" should set it']],
  ['downgrade web from 1.6.1', ['to what "downgrade" should set it']],
  ['upgrade web from version 1.6.1', ['to what "upgrade" should set it']],
  ['roll back web from revision 3', ['to what "roll back" should set it']],
  ['roll back web before the update', ['before']],
  // What people say to whoever shall do no more.
  ['stop it!', ['what "stop" is said of']],
  ['stop that', ['what "stop" is said of']],
  ['shut up web', ['up']],
  ['create a deployment front with image nginx:1.29 in namespace shop, nope', ['nope']],
])('of "%s" not everything is understood', (text, words) => {
  const heard = readCommand(text, names)
  // A word that might be a name is looked for in the cluster.
  if (words === undefined) expect(heard).toMatchObject({ targets: [{ names: ['web', 'tomorrow'] }] })
  else expect(heard).toMatchObject({ words })
})
