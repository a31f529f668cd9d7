import { isWorkload } from '../cluster/objects.ts'
import { readObject } from '../cluster/read-objects.ts'
import { call, type Plan } from '../plan/plan.ts'
import { isSure } from '../requests/focus.ts'
import type { Request } from '../requests/request.ts'

/** Which pods are meant, as arguments of a list: those of one workload, or on one node; or a sentence why none are. */
export type PodFilter = { args: Record<string, string>; of: string } | { sentence: string }

export function* podFilter({ understood, focus }: Request): Plan<PodFilter> {
  const [best] = focus.objects
  if (best !== undefined && isSure(focus)) {
    const { kind, name, namespace } = best.ref
    const object = yield* readObject(kind.toLowerCase(), name, namespace)
    const labels =
      object !== undefined && isWorkload(object) ? Object.entries(object.spec.selector?.matchLabels ?? {}) : []
    if (labels.length > 0 && namespace !== undefined) {
      const label_selector = labels.map(([key, value]) => `${key}=${value}`).join(',')
      return { args: { namespace, label_selector }, of: `of ${kind} \`${namespace}/${name}\`` }
    }
  }
  const at = understood.tokens.findIndex(({ text }) => text === 'on')
  const word = understood.tokens.slice(at + 1).find(({ text }) => !/^(?:the|node|machine|worker)$/.test(text))?.text
  if (at < 0 || word === undefined || focus.namespaces.includes(word)) return { args: {}, of: '' }
  const reply = yield* call('k8s_get', { resource_type: 'nodes', output: 'name' })
  const nodes = [...reply.text.matchAll(/^node\/(\S+)$/gm)].map(([, name = '']) => name)
  if (nodes.includes(word)) return { args: { field_selector: `spec.nodeName=${word}` }, of: `on node \`${word}\`` }
  const isName = /[-\d]/.test(word)
  return isName
    ? { sentence: `There is no node \`${word}\`; there are ${nodes.map((name) => `\`${name}\``).join(', ')}.` }
    : { args: {}, of: '' }
}
