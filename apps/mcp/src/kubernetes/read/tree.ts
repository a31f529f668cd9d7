import { z } from 'zod'
import { name, namespace, type } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { cutItems } from '../../output/truncate.ts'
import { defineTool } from '../shared/define-tool.ts'
import { type Branch, findDescendants } from './tree/descendants.ts'
import { keepersOf } from './tree/keepers.ts'
import { nameOf, stateText } from './tree/state-of.ts'

export const k8sTree = defineTool({
  name: 'k8s_tree',
  title: 'Show Kubernetes Object Tree',
  description: 'Show who owns an object, and what it owns, with their states: what a change of it will touch.',
  group: 'k8s-extra',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ resource_type: type, name, namespace, depth: optional('depth', integer(1, 3), 3) }),
  seconds: () => 60,
  async run(args, context) {
    const { kube, settings } = context
    const resource = await kube.resolve(args.resource_type)
    const place = resource.namespaced ? { namespace: args.namespace ?? context.defaultNamespace } : {}
    const root = await kube.read({ resource, name: args.name, ...place })
    const [keepers, { branches, unread }] = await Promise.all([
      keepersOf(root, kube),
      findDescendants(root, { kube, depth: args.depth }),
    ])
    const lines = [
      ...keepers.map((keeper, index) => `${'  '.repeat(index)}${keeper}`),
      `${'  '.repeat(keepers.length)}${nameOf({ kind: root.kind, name: root.metadata.name })}${stateText(root)}   <- this one`,
      ...branches.flatMap((branch) => linesOf(branch, keepers.length + 1)),
    ]
    const cut = cutItems(lines, { most: settings.maxOutputChars, narrow: 'a smaller depth' })
    return {
      output: cut.output,
      truncated: cut.truncated,
      total_items: cut.total,
      returned_items: cut.returned,
      ...place,
      ...(unread.length > 0 && { warnings: [`Not listed, since they may not be read: ${unread.join(', ')}.`] }),
    }
  },
})

function linesOf({ line, branches }: Branch, level: number): string[] {
  return [`${'  '.repeat(level)}${line}`, ...branches.flatMap((branch) => linesOf(branch, level + 1))]
}
