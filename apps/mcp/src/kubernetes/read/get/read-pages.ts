import type { GetOptions, Kube, Query } from '../../../kube/kube.ts'

/** What pages of lists and tables have in common. */
type Page = { metadata?: { continue?: string; remainingItemCount?: number } }

export type PageOptions = {
  query: Query
  accept?: string
  /** One page of at most so many, for callers that page themselves; else pages of 500 up to 1000. */
  limit: number | null
  continueToken: string | null
}

export type Pages<P> = {
  pages: P[]
  /** Where the rest begins, if there is any, and how many there are in it when the server says so. */
  rest?: { continueToken: string; count?: number }
}

const pageSize = 500
const mostRows = 1000

export async function readPages<P extends Page>(
  kube: Kube,
  path: string,
  { query, accept, limit, continueToken }: PageOptions,
): Promise<Pages<P>> {
  const pages: P[] = []
  let next = continueToken ?? undefined
  for (let remaining = limit ?? mostRows; remaining > 0; remaining -= pageSize) {
    const options: GetOptions = { query: { ...query, limit: Math.min(remaining, pageSize), continue: next }, accept }
    const page = await kube.get<P>(path, options)
    pages.push(page)
    next = page.metadata?.continue || undefined
    if (next === undefined) return { pages }
  }
  return { pages, rest: { continueToken: next ?? '', count: pages.at(-1)?.metadata?.remainingItemCount } }
}
