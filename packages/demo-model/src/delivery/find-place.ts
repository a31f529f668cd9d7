import { rowsIn } from '../cluster/tables.ts'
import type { Plan } from '../plan/plan.ts'
import type { Place } from './read-delivery.ts'
import { readTool } from './read-tool.ts'

type Listed = { noun: 'Rollout' | 'release'; tool: 'argo_list_rollouts' | 'helm_list_releases' }

export const rollouts: Listed = { noun: 'Rollout', tool: 'argo_list_rollouts' }
export const releases: Listed = { noun: 'release', tool: 'helm_list_releases' }

export type Found = { name: string; namespace: string; row: Readonly<Record<string, string>> }

const MAX_NAMED = 8

/** The one Rollout or release of that name, or a sentence that says why there is none. */
export function* findPlace(
  { name, namespace }: Place,
  { noun, tool, offered }: Listed & { offered: ReadonlySet<string> },
): Plan<Found | { sentence: string }> {
  const reply = yield* readTool(tool, namespace === undefined ? { all_namespaces: true } : { namespace }, { offered })
  if (reply.kind !== 'answered') return { sentence: `The ${noun}s cannot be read: ${reply.text.trim()}` }
  const all = rowsIn(reply.text).map(
    (row): Found => ({ name: row.NAME ?? '', namespace: row.NAMESPACE ?? namespace ?? '', row }),
  )
  const named = all.filter((found) => found.name === name)
  const [only] = named
  if (only !== undefined && named.length === 1) return only
  const where = namespace === undefined ? 'here' : `in namespace \`${namespace}\``
  if (named.length > 1) {
    const places = named.map((found) => `\`${found.namespace}/${found.name}\``).join(', ')
    return { sentence: `Which one do you mean: ${places}? Name its namespace, too.` }
  }
  const known = all.slice(0, MAX_NAMED).map((found) => `\`${found.namespace}/${found.name}\``)
  const others = known.length === 0 ? `There is no ${noun} ${where}.` : `There are: ${known.join(', ')}.`
  return { sentence: `I found no ${noun} \`${name}\` ${where}, so nothing is proposed. ${others}` }
}
