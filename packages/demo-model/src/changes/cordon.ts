import { bestMatches } from '../cluster/match-names.ts'
import type { Ref } from '../cluster/objects.ts'
import { nameOf } from '../evidence/finding.ts'
import { patch } from '../evidence/patches.ts'
import { call, type Plan } from '../plan/plan.ts'
import type { Order } from '../requests/request.ts'
import { change } from './change.ts'

/** Closes a node for new pods, or opens it again. */
export function* cordon({ action, understood, offered }: Order): Plan<string> {
  const reply = yield* call('k8s_get', { resource_type: 'nodes', output: 'name' })
  const nodes =
    reply.kind === 'answered' ? [...reply.text.matchAll(/^node\/(\S+)$/gm)].map(([, name = '']) => name) : []
  const words = understood.tokens.map(({ text }) => text)
  const [best] = bestMatches(words, nodes, { nameOf: (name) => name }).filter(({ score }) => score >= 0.9)
  if (best === undefined) return `Name the node: ${nodes.map((name) => `\`${name}\``).join(', ')}.`
  const ref: Ref = { kind: 'Node', name: best.thing }
  const isOpening = action === 'uncordon'
  const tool = isOpening ? 'k8s_uncordon' : 'k8s_cordon'
  const says = isOpening
    ? `let new pods be placed on ${nameOf(ref)} again`
    : `let no new pods be placed on ${nameOf(ref)}`
  const calls = [{ tool, args: { node_name: ref.name } }, patch(ref, { spec: { unschedulable: !isOpening } })]
  return yield* change({ ref, says, calls, offered })
}
