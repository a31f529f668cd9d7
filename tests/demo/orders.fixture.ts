import type { Random } from '@fairlead/sandbox/faults/random'
import type { Proposal } from './ask-demo.fixture.ts'
import type { Shop } from './talk.fixture.ts'

export type Order = {
  text: string
  /** Whether a change is the one that was ordered. */
  isMeant(proposal: Proposal): boolean
}

type Said = { rest: string; isMeant: Order['isMeant'] }

const starts = [
  '',
  '',
  'please ',
  'Please ',
  'can you ',
  'could you please ',
  'Could you ',
  'I want you to ',
  "I'd like you to ",
  'would you please ',
  'now ',
  'hi, please ',
  'Hello! ',
  'ok, ',
  'go ahead and ',
  'just ',
  "let's ",
] as const
const ends = ['', '', '', '.', '!', ' please', ', thanks', ' now', ' for me', ' right away', '. Thank you!'] as const

/** A line for kubectl, with the one change that it orders. */
export function drawLine(random: Random, { ns, apps }: Shop): Order {
  const app = random.pick(apps)
  const count = random.whole(3, 30)
  const of = random.pick([`deployment ${app}`, `deployment/${app}`, `deploy/${app}`])
  const place = random.pick(['', ` -n ${ns}`, ` --namespace=${ns}`, ` --namespace ${ns}`])
  const options: readonly [Order, ...Order[]] = [
    {
      text: `kubectl scale ${of} --replicas=${count}${place}`,
      isMeant: ({ tool, args }) => tool === 'k8s_scale' && args.name === app && args.replicas === count,
    },
    {
      text: `kubectl rollout restart ${of}${place}`,
      isMeant: ({ tool, args }) => tool === 'k8s_rollout_restart' && args.name === app,
    },
    {
      text: `kubectl delete ${of}${place}`,
      isMeant: ({ tool, args }) => tool === 'k8s_delete' && args.name === app && args.resource_type === 'deployment',
    },
    {
      text: `kubectl set image ${of} ${app}=registry.acme.example/shop/${app}:9.${count}.0${place}`,
      isMeant: ({ tool, args }) =>
        tool === 'k8s_set_image' && String(args.container_images).endsWith(`/${app}:9.${count}.0`),
    },
    {
      text: `kubectl set env ${of} LOG_FORMAT=json${place}`,
      isMeant: ({ tool, args }) => tool === 'k8s_patch' && String(args.patch).includes('"LOG_FORMAT","value":"json"'),
    },
  ]
  return random.pick(options)
}

/** A plain order in many wordings, with the one change that it orders. */
export function drawOrder(random: Random, { ns, apps }: Shop): Order {
  const app = random.pick(apps)
  const it = random.pick([
    app,
    app,
    `the ${app} deployment`,
    `deployment ${app}`,
    `${app} in ${ns}`,
    `${app} in the ${ns} namespace`,
    `"${app}"`,
    `${ns}/${app}`,
    `the deployment ${app} in namespace ${ns}`,
  ])
  const start = random.pick(starts)
  const end = random.pick(ends)
  const { rest, isMeant } = drawRest(random, it, app)
  const mark = /^(?:can|could)/i.test(start) && random.isHeads() && !/[.!]/.test(end) ? '?' : ''
  const text = `${start}${rest}${end}${mark}`
  return { text: random.whole(1, 15) === 1 ? text.toUpperCase() : text, isMeant }
}

function drawRest(random: Random, it: string, app: string): Said {
  const count = random.whole(3, 30)
  const patch = random.whole(0, 99)
  const tag = `${random.whole(5, 9)}.${random.whole(0, 20)}.${patch}`
  const is = (tool: string, fields: Record<string, unknown>) => (proposal: Proposal) =>
    proposal.tool === tool && Object.entries(fields).every(([name, value]) => proposal.args[name] === value)
  const patches = (fragment: string) => (proposal: Proposal) =>
    proposal.tool === 'k8s_patch' && proposal.args.name === app && String(proposal.args.patch).includes(fragment)
  const patchesNothingBut =
    (fragment: string) =>
    ({ tool, args }: Proposal) =>
      tool === 'k8s_apply' &&
      String(args.content).includes('"kind":"Namespace"') &&
      String(args.content).includes(fragment)
  const scaled = is('k8s_scale', { name: app, replicas: count })
  const imaged = ({ tool, args }: Proposal) =>
    tool === 'k8s_set_image' && args.resource_name === app && String(args.container_images).endsWith(`:${tag}`)
  const memory = `${random.whole(300, 900)}Mi`
  const node = `node-${random.whole(1, 3)}`
  const options: [Said, ...Said[]] = [
    { rest: `scale ${it} to ${count}`, isMeant: scaled },
    { rest: `scale ${it} up to ${count} replicas`, isMeant: scaled },
    { rest: `bring ${it} to ${count} replicas`, isMeant: scaled },
    { rest: `set the replicas of ${it} to ${count}`, isMeant: scaled },
    { rest: `set the number of replicas of ${it} to ${count}`, isMeant: scaled },
    { rest: `increase the replica count of ${it} to ${count}`, isMeant: scaled },
    { rest: `run ${count} replicas of ${it}`, isMeant: scaled },
    { rest: `give ${it} ${count} instances`, isMeant: scaled },
    { rest: `stop ${it}`, isMeant: is('k8s_scale', { name: app, replicas: 0 }) },
    { rest: `restart ${it}`, isMeant: is('k8s_rollout_restart', { name: app }) },
    { rest: `restart the pods of ${it}`, isMeant: is('k8s_rollout_restart', { name: app }) },
    { rest: `reboot ${it}`, isMeant: is('k8s_rollout_restart', { name: app }) },
    { rest: `do a rolling restart of ${it}`, isMeant: is('k8s_rollout_restart', { name: app }) },
    { rest: `set the image of ${it} to ${tag}`, isMeant: imaged },
    { rest: `bump ${it} to ${tag}`, isMeant: imaged },
    { rest: `upgrade ${it} to version ${tag}`, isMeant: imaged },
    { rest: `use tag ${tag} for ${it}`, isMeant: imaged },
    {
      rest: `delete ${it.replace(/^(?!the |deployment ).*$/, (whole) => `deployment ${whole}`)}`,
      isMeant: is('k8s_delete', { name: app }),
    },
    { rest: `remove the deployment ${app}`, isMeant: is('k8s_delete', { name: app, resource_type: 'deployment' }) },
    { rest: `set the memory limit of ${it} to ${memory}`, isMeant: patches(`"limits":{"memory":"${memory}"}`) },
    { rest: `give ${it} a cpu limit of ${count}m`, isMeant: patches(`"limits":{"cpu":"${count}m"}`) },
    { rest: `set LOG_FORMAT of ${it} to json`, isMeant: patches('"env":[{"name":"LOG_FORMAT","value":"json"}]') },
    { rest: `pause the roll-out of ${it}`, isMeant: patches('"paused":true') },
    { rest: `trigger a restart of ${it}`, isMeant: is('k8s_rollout_restart', { name: app }) },
    { rest: `perform a rolling restart of ${it}`, isMeant: is('k8s_rollout_restart', { name: app }) },
    { rest: `give ${it} ${memory} of memory`, isMeant: patches(`"limits":{"memory":"${memory}"}`) },
    { rest: `increase ${it} by ${count}`, isMeant: ({ tool, args }) => tool === 'k8s_scale' && args.name === app },
    { rest: `create namespace blue-${count}`, isMeant: patchesNothingBut(`"metadata":{"name":"blue-${count}"}`) },
    { rest: `cordon ${node}`, isMeant: is('k8s_cordon', { node_name: node }) },
  ]
  return random.pick(options)
}
