import { inParallel } from '../plan/in-parallel.ts'
import { call, type Plan } from '../plan/plan.ts'
import type { KubeObject } from './objects.ts'
import { type Part, type Total, totalIn } from './part.ts'
import { type Scope, scopeArgs } from './scope.ts'
import { type Row, rowsIn, typeIn } from './tables.ts'

/** What was read, and of which kinds that is a part only. */
export type Found = { objects: KubeObject[]; parts: Part[] }

type Answer = { objects: KubeObject[]; isCut: boolean; rest?: string; total?: Total }

/** Objects of a page where an answer does not hold them all. */
const PAGE = 20
const MAX_PAGES = 3

/**
 * Reads lists side by side, whole objects; each entry is a kind, or several with commas between. Of what is too long for
 * one answer, those are read whole whose row in the table looks troubled; small things are read in pages, up to 60.
 * @param near names that the question is about: what is called so, or made by it, is read before others
 */
export function* readObjects(kinds: readonly string[], scope: Scope, near: readonly string[] = []): Plan<Found> {
  const base = { ...scopeArgs(scope), output: 'json' }
  const replies = yield { calls: kinds.map((kind) => ({ tool: 'k8s_get', args: { resource_type: kind, ...base } })) }
  const answers = replies.map((reply) => (reply.kind === 'answered' ? objectsIn(reply.text) : none))
  const objects = answers.flatMap((answer) => answer.objects)
  const cut = kinds.filter((_, index) => answers[index]?.isCut).flatMap((kind) => kind.split(','))
  if (cut.length === 0) return { objects, parts: [] }
  const troubled = cut.filter((kind) => large.includes(kind))
  const paged = cut.filter((kind) => !large.includes(kind))
  const more = yield* inParallel([
    ...(troubled.length === 0 ? [] : [readTroubled(troubled, { scope, near, known: objects })]),
    ...paged.map((kind) => readPages(kind, base)),
  ])
  return { objects: withoutTwins([objects, ...more.map((one) => one.objects)].flat()), parts: more.flatMap(partsOf) }
}

const partsOf = ({ parts }: Found) => parts

function withoutTwins(objects: readonly KubeObject[]): KubeObject[] {
  return [...new Map(objects.map((object) => [keyOf(object.kind, object.metadata), object])).values()]
}

function keyOf(kind: string, { name, namespace = '' }: { name: string; namespace?: string }): string {
  return `${kind.toLowerCase()}/${namespace}/${name}`
}

/** Kinds whose objects are long, and whose tables tell which of them are in trouble. */
const large = ['pods', 'deployments', 'statefulsets', 'daemonsets', 'jobs']
const MAX_TROUBLED = 6

type Around = { scope: Scope; near: readonly string[]; known: readonly KubeObject[] }

function* readTroubled(kinds: readonly string[], { scope, near, known }: Around): Plan<Found> {
  const reply = yield* call('k8s_get', { resource_type: kinds.join(','), ...scopeArgs(scope) })
  const text = reply.kind === 'answered' ? reply.text : ''
  const rows = rowsIn(text).map((row): Typed => ({ ...row, ...typeIn(row, kinds[0]?.replace(/s$/, '') ?? '') }))
  const has = new Set(known.map(({ kind, metadata }) => keyOf(kind, metadata)))
  const isNew = (row: Typed) => !has.has(keyOf(row.type, { name: row.name, namespace: row.NAMESPACE ?? scope }))
  const wanted = oneOfEach(rows.filter((row) => isNew(row) && hasTrouble(row)).toSorted(byUrgency(near)))
  const calls = wanted.slice(0, MAX_TROUBLED).map(({ type, name, NAMESPACE: namespace = scope }) => ({
    tool: 'k8s_get',
    args: { resource_type: `${type}s`, name, namespace, output: 'json' },
  }))
  const replies = calls.length === 0 ? [] : yield { calls }
  const objects = replies.flatMap((one) => (one.kind === 'answered' ? objectsIn(one.text).objects : []))
  const parts = kinds.flatMap((kind): Part[] => {
    const isOfKind = (object: KubeObject) => `${object.kind.toLowerCase()}s` === kind
    const read = [...known, ...objects].filter(isOfKind).length
    const all = rows.filter(({ type }) => `${type}s` === kind).length
    const isMore = totalIn(text) !== undefined
    return read < all || isMore ? [{ kind, read, all: { count: Math.max(read, all), isMore } }] : []
  })
  return { objects, parts }
}

type Typed = Row & { type: string; name: string }

/** The question's own first; then what has fallen, what restarts, what waits, and what is not ready for any reason. */
function byUrgency(near: readonly string[]) {
  const rank = ({ name, STATUS = '', RESTARTS = '' }: Typed) => {
    const isNear = near.some((one) => name === one || name.startsWith(`${one}-`))
    const isDown = STATUS !== '' && !/^(?:Running|Pending|ContainerCreating|Terminating|Complete)/.test(STATUS)
    const isAgain = Number.parseInt(RESTARTS, 10) >= 3
    return (isNear ? 0 : 10) + (isDown ? 0 : isAgain ? 1 : STATUS === 'Pending' ? 2 : 3)
  }
  return (a: Typed, b: Typed) => rank(a) - rank(b)
}

/** Pods of one owner have the same trouble, as a rule: the first of each comes before the second of any. */
function oneOfEach(rows: readonly Typed[]): Typed[] {
  const ownerOf = ({ type, name }: Typed) => (type === 'pod' ? name.replace(/-[^-]+$/, '') : name)
  const seen = new Map<string, number>()
  return rows
    .map((row) => {
      const key = `${row.NAMESPACE ?? ''}/${row.type}/${ownerOf(row)}`
      const before = seen.get(key) ?? 0
      seen.set(key, before + 1)
      return { row, before }
    })
    .toSorted((a, b) => a.before - b.before)
    .map(({ row }) => row)
}

/** By the columns that kubectl shows: not all are ready, a status that is none of a healthy pod, many restarts. */
function hasTrouble({
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

function* readPages(kind: string, base: Record<string, unknown>): Plan<Found> {
  const objects: KubeObject[] = []
  let last: Answer | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const token = last?.rest
    const args = { resource_type: kind, ...base, limit: PAGE, ...(token !== undefined && { continue_token: token }) }
    const reply = yield* call('k8s_get', args)
    last = reply.kind === 'answered' ? objectsIn(reply.text) : none
    objects.push(...last.objects)
    if (last.rest === undefined) break
  }
  if (!last?.isCut) return { objects, parts: [] }
  const before = objects.length - last.objects.length
  const { count, isMore } = last.total ?? { count: last.objects.length, isMore: true }
  return { objects, parts: [{ kind, read: objects.length, all: { count: before + count, isMore } }] }
}

/** One object by its name; undefined when it cannot be read. */
export function* readObject(kind: string, name: string, namespace?: string): Plan<KubeObject | undefined> {
  const args = { resource_type: kind, name, ...(namespace !== undefined && { namespace }), output: 'json' }
  const reply = yield* call('k8s_get', args)
  return reply.kind === 'answered' ? objectsIn(reply.text).objects[0] : undefined
}

const none: Answer = { objects: [], isCut: false }

/** The objects of an answer in JSON: one, or a list, with notes behind it. */
export function objectsIn(text: string): Answer {
  const end = text.lastIndexOf('}')
  if (!text.startsWith('{') || end < 0) return none
  try {
    const value = JSON.parse(text.slice(0, end + 1)) as
      | KubeObject
      | { kind: 'List'; items: KubeObject[]; truncated?: string }
    if (value.kind !== 'List') return { objects: [value], isCut: false }
    const rest = /\[the rest: continue_token ([^\]]+)\]/.exec(text.slice(end))?.[1]
    const total = value.truncated === undefined ? undefined : totalIn(value.truncated)
    return { objects: value.items, isCut: value.truncated !== undefined || rest !== undefined, rest, total }
  } catch {
    // The middle was cut out of it, as is done with what is too long for the model.
    return { objects: [], isCut: true }
  }
}
