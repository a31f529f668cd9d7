import { call, type Plan } from '../plan.ts'
import type { KubeObject } from './objects.ts'

/** Where to read: one namespace, or all of them. */
export type Scope = string | 'all'

type Read = { objects: KubeObject[]; isCut: boolean; rest?: string; failure?: string }

/** Objects of a page where an answer does not hold them all. */
const PAGE = 20
const MOST_PAGES = 4

export const scopeArgs = (scope: Scope) => (scope === 'all' ? { all_namespaces: true } : { namespace: scope })

/**
 * Reads lists side by side, whole objects; each entry is a kind, or several with commas between. What is too long for one
 * answer is read in pages, up to 80 objects of a kind.
 */
export function* readObjects(kinds: readonly string[], scope: Scope): Plan<KubeObject[]> {
  const base = { ...scopeArgs(scope), output: 'json' }
  const replies = yield { calls: kinds.map((kind) => ({ tool: 'k8s_get', args: { resource_type: kind, ...base } })) }
  const found: KubeObject[] = []
  for (const [index, kind] of kinds.entries()) {
    const reply = replies[index]
    const read = reply?.kind === 'answered' ? objectsIn(reply.text) : none
    if (!read.isCut) found.push(...read.objects)
    else for (const one of kind.split(',')) found.push(...(yield* readPages(one, base)))
  }
  return found
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
