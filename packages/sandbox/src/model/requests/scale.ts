import { isWorkload } from '../cluster/objects.ts'
import { readObject } from '../cluster/read-objects.ts'
import { nameOf } from '../evidence/finding.ts'
import { patch } from '../evidence/patches.ts'
import type { Plan } from '../plan.ts'
import type { Understood } from '../words/understand.ts'
import { change } from './change.ts'
import { chooseObject } from './one-object.ts'
import type { Request } from './request.ts'

export function* scale(request: Request): Plan<string> {
  const chosen = chooseObject(request, ['Deployment', 'StatefulSet'])
  if ('sentence' in chosen) return chosen.sentence
  const { ref } = chosen
  const object = yield* readObject(ref.kind.toLowerCase(), ref.name, ref.namespace)
  if (object === undefined || !isWorkload(object)) return `${nameOf(ref)} cannot be read, so nothing was changed.`
  const now = object.spec.replicas ?? 1
  const replicas = wantedNumber(request.understood, now)
  const before = `${nameOf(ref)}: \`spec.replicas\` is ${now}`
  if (replicas === undefined) return `${before}. Say how many replicas it should have.`
  if (replicas === now) return `${before} already, so there is nothing to change.`
  const args = { name: ref.name, resource_type: ref.kind.toLowerCase(), replicas, namespace: ref.namespace }
  return yield* change({
    ref,
    before,
    says: `scale ${nameOf(ref)} from ${now} to ${replicas}`,
    calls: [{ tool: 'k8s_scale', args }, patch(ref, { spec: { replicas } }, 'merge')],
    offered: request.offered,
  })
}

/** How many there should be, from how many there are; undefined when no number was said. */
export function wantedNumber(
  { numbers, change: by, tokens }: Pick<Understood, 'numbers' | 'change' | 'tokens'>,
  now: number,
): number | undefined {
  if (by?.by === 'times') return Math.max(0, Math.ceil(now * by.factor))
  if (by?.by === 'plus') return Math.max(0, now + by.factor)
  // "from two to five": the one behind `to` is meant.
  const at = tokens.findLastIndex(({ text }, index) => text === 'to' && numberAt(tokens[index + 1]?.text) !== undefined)
  const behind = numberAt(tokens[at + 1]?.text)
  if (at >= 0 && behind !== undefined && numbers.includes(behind)) return behind
  return numbers.at(-1)
}

function numberAt(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}
