import { call, type Plan } from '../plan.ts'
import type { KubeObject } from './objects.ts'
import { type Row, rowsIn } from './tables.ts'

/** Where to read: one namespace, or all of them. */
export type Scope = string | 'all'

type Read = { objects: KubeObject[]; isCut: boolean; rest?: string; failure?: string }

/** Objects of a page where an answer does not hold them all. */
const PAGE = 20
const MOST_PAGES = 4

export const scopeArgs = (scope: Scope) => (scope === 'all' ? { all_namespaces: true } : { namespace: scope })

/**
 * Reads lists side by side, whole objects; each entry is a kind, or several with commas between. Of what is too long for
 * one answer, those are read whole whose row in the table looks troubled; small things are read in pages, up to 80.
 */
export function* readObjects(kinds: readonly string[], scope: Scope): Plan<KubeObject[]> {
  const base = { ...scopeArgs(scope), output: 'json' }
  const replies = yield { calls: kinds.map((kind) => ({ tool: 'k8s_get', args: { resource_type: kind, ...base } })) }
  const found: KubeObject[] = []
  for (const [index, kind] of kinds.entries()) {
    const reply = replies[index]
    const read = reply?.kind === 'answered' ? objectsIn(reply.text) : none
    if (!read.isCut) found.push(...read.objects)
    else {
      for (const one of kind.split(',')) {
        const rest = large.includes(one) ? readTroubled(one, scope) : readPages(one, base)
        found.push(...(yield* rest))
      }
    }
  }
  return found
}

/** Kinds whose objects are long, and whose tables tell which of them are in trouble. */
const large = ['pods', 'deployments', 'statefulsets', 'daemonsets', 'jobs']
const MOST_TROUBLED = 5

function* readTroubled(kind: string, scope: Scope): Plan<KubeObject[]> {
  const reply = yield* call('k8s_get', { resource_type: kind, ...scopeArgs(scope) })
  const rows = reply.kind === 'answered' ? rowsIn(reply.text).filter(looksTroubled).slice(0, MOST_TROUBLED) : []
  const calls = rows.map(({ NAME: name, NAMESPACE: namespace = scope }) => ({
    tool: 'k8s_get',
    args: { resource_type: kind, name, namespace, output: 'json' },
  }))
  const replies = calls.length === 0 ? [] : yield { calls }
  return replies.flatMap((one) => (one.kind === 'answered' ? objectsIn(one.text).objects : []))
}

/** By the columns that kubectl shows: not all are ready, a status that is none of a healthy pod, many restarts. */
function looksTroubled({
  READY = '',
  STATUS = '',
  RESTARTS = '',
  COMPLETIONS = '',
  DESIRED = '',
  AVAILABLE = '',
}: Row): boolean {
  if (/^(?:Completed|Succeeded)/.test(STATUS)) return false
  const [ready, wanted] = (READY.includes('/') ? READY : COMPLETIONS).split('/')
  const isShort = (wanted !== undefined && ready !== wanted) || (DESIRED !== '' && DESIRED !== AVAILABLE)
  return isShort || /^(?!Running|Complete)\w/.test(STATUS) || Number.parseInt(RESTARTS, 10) >= 3
}

function* readPages(kind: string, base: Record<string, unknown>): Plan<KubeObject[]> {
  const found: KubeObject[] = []
  let token: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const args = { resource_type: kind, ...base, limit: PAGE, ...(token !== undefined && { continue_token: token }) }
    const reply = yield* call('k8s_get', args)
    const read: Read = reply.kind === 'answered' ? objectsIn(reply.text) : none
    found.push(...read.objects)
    token = read.rest
    if (token === undefined) break
  }
  return found
}

/** One object by its name; undefined when it cannot be read. */
export function* readObject(kind: string, name: string, namespace?: string): Plan<KubeObject | undefined> {
  const args = { resource_type: kind, name, ...(namespace !== undefined && { namespace }), output: 'json' }
  const reply = yield* call('k8s_get', args)
  return reply.kind === 'answered' ? objectsIn(reply.text).objects[0] : undefined
}

const none: Read = { objects: [], isCut: false }

/** The objects of an answer in JSON: one, or a list, with notes behind it. */
export function objectsIn(text: string): Read {
  const end = text.lastIndexOf('}')
  if (!text.startsWith('{') || end < 0) return none
  try {
    const value = JSON.parse(text.slice(0, end + 1)) as
      | KubeObject
      | { kind: 'List'; items: KubeObject[]; truncated?: string }
    const rest = /\[the rest: continue_token ([^\]]+)\]/.exec(text.slice(end))?.[1]
    if (value.kind !== 'List') return { objects: [value], isCut: false }
    return { objects: value.items, isCut: value.truncated !== undefined || rest !== undefined, rest }
  } catch {
    // The middle was cut out of it, as is done with what is too long for the model.
    return { objects: [], isCut: true }
  }
}
