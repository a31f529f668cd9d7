import type { Risk } from '@fairlead/contract/effect/effect'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'

export const orders = ['expiry', 'newest', 'risk'] as const
export type Order = (typeof orders)[number]

/** What the list is narrowed to, as the address bar holds it; an empty text narrows nothing. */
export type InboxQuery = {
  order: Order
  whose: '' | 'mine' | 'others'
  risk: '' | Risk
  requester: string
  cluster: string
  namespace: string
  tool: string
}

export const filterNames = ['whose', 'risk', 'requester', 'cluster', 'namespace', 'tool'] as const
export type FilterName = (typeof filterNames)[number]

const risks: readonly Risk[] = ['low', 'medium', 'high']

export function parseInboxQuery(search: URLSearchParams | string): InboxQuery {
  const params = new URLSearchParams(search)
  const text = (name: string) => params.get(name) ?? ''
  return {
    order: orders.find((order) => order === text('sort')) ?? 'expiry',
    whose: (['mine', 'others'] as const).find((whose) => whose === text('whose')) ?? '',
    risk: risks.find((risk) => risk === text('risk')) ?? '',
    requester: text('requester'),
    cluster: text('cluster'),
    namespace: text('namespace'),
    tool: text('tool'),
  }
}

/** With the question mark, or nothing; what is as usual is left out. */
export function inboxSearch(query: InboxQuery): string {
  const params = new URLSearchParams()
  if (query.order !== 'expiry') params.set('sort', query.order)
  for (const name of filterNames) if (query[name] !== '') params.set(name, query[name])
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

/** The calls that the query asks for, in its order. The engine's order, soonest expiry first, decides between equals. */
export function queriedItems(items: readonly ApprovalItem[], query: InboxQuery, email: string): ApprovalItem[] {
  const found = items.filter((item) =>
    filterNames.every((name) => query[name] === '' || fits(item, name, query, email)),
  )
  if (query.order === 'newest') return found.toSorted((left, right) => requestedAt(right) - requestedAt(left))
  if (query.order === 'risk') return found.toSorted((left, right) => gravity(right) - gravity(left))
  return found.toSorted((left, right) => end(left) - end(right))
}

function fits(item: ApprovalItem, name: FilterName, query: InboxQuery, email: string): boolean {
  if (name === 'whose') return (item.requester.email === email) === (query.whose === 'mine')
  if (name === 'risk') return item.effect?.risk === query.risk
  if (name === 'requester') return item.requester.email === query.requester
  if (name === 'tool') return item.tool === query.tool
  return objectsOf(item).some((object) => (object[name] ?? '') === query[name])
}

/** What there is to choose from, of all that waits: a filter does not hide the others' values. */
export function choicesOf(items: readonly ApprovalItem[]): Record<Exclude<FilterName, 'whose' | 'risk'>, string[]> {
  const sorted = (values: readonly string[]) => [...new Set(values)].filter((value) => value !== '').toSorted()
  return {
    requester: sorted(items.map(({ requester }) => requester.email)),
    cluster: sorted(items.flatMap((item) => objectsOf(item).map(({ cluster }) => cluster))),
    namespace: sorted(items.flatMap((item) => objectsOf(item).map(({ namespace = '' }) => namespace))),
    tool: sorted(items.map(({ tool }) => tool)),
  }
}

export function objectsOf({ effect }: ApprovalItem) {
  return Array.isArray(effect?.objects) ? effect.objects : []
}

function requestedAt({ asked_at }: ApprovalItem): number {
  return asked_at === undefined ? 0 : Date.parse(asked_at)
}

function gravity({ effect }: ApprovalItem): number {
  return effect === null ? -1 : risks.indexOf(effect.risk)
}

function end({ expires_at }: ApprovalItem): number {
  return expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(expires_at)
}
