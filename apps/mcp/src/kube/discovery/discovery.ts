import type { ApiResource } from './api-resource.ts'

/** Fetches one JSON document of the API server; `accept` is the media type asked for. */
export type FetchJson = (path: string, accept: string) => Promise<unknown>

const FRESH_MS = 10 * 60_000

/** What one API server serves, in the server's order of groups: core first, then `apps`, then as it lists them. */
export type Discovery = {
  /** All resources in the version that the server prefers, other versions behind them. */
  resources(options?: { refresh?: boolean }): Promise<readonly ApiResource[]>
}

const aggregated = ['v2', 'v2beta1'].map(
  (version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
)

/** Who passes tokens through makes them up at will; what the oldest of them saw is forgotten. */
const MAX_KEPT = 32

/**
 * Asks once in ten minutes; a refresh is asked for by who misses a type, and callers who do so together share it.
 * `fetchJson` of the first caller is used: discovery is the same for everybody who may read it at all. Should it fail, by
 * what may be that caller's own affair (its rights, its end), the others ask for themselves.
 */
export function createDiscovery(now: () => number = Date.now): {
  /** `whose`: those whom the API server knows are all one; a token of which nobody knows yet what it is good for is not. */
  of(fetchJson: FetchJson, whose?: string): Discovery
} {
  type Kept = { resources: Promise<readonly ApiResource[]>; until: number }
  const kept = new Map<string, Kept>()
  const ask = (fetchJson: FetchJson, whose: string): Promise<readonly ApiResource[]> => {
    const resources = discover(fetchJson)
    const entry = { resources, until: now() + FRESH_MS }
    kept.delete(whose)
    kept.set(whose, entry)
    const [oldest] = kept.keys()
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
    resources.catch(() => {
      if (kept.get(whose) === entry) kept.delete(whose)
    })
    return resources
  }
  return {
    of: (fetchJson, whose = '') => ({
      async resources({ refresh = false } = {}) {
        const known = kept.get(whose)
        if (known === undefined || known.until <= now() || refresh) return ask(fetchJson, whose)
        return known.resources.catch(() => ask(fetchJson, whose))
      },
    }),
  }
}

async function discover(fetchJson: FetchJson): Promise<readonly ApiResource[]> {
  const accept = [...aggregated, 'application/json'].join(',')
  const [core, groups] = await Promise.all([fetchJson('/api', accept), fetchJson('/apis', accept)])
  const found = [...(await resourcesOf(core, fetchJson)), ...(await resourcesOf(groups, fetchJson))]
  // Stable, so the server's own order decides among the rest.
  return found.toSorted((a, b) => rank(a.group) - rank(b.group))
}

function rank(group: string): number {
  return group === '' ? 0 : group === 'apps' ? 1 : 2
}

type DiscoveryKind = { kind?: string }
type AggregatedList = {
  items: {
    metadata: { name?: string }
    versions: { version: string; freshness?: string; resources?: AggregatedResource[] }[]
  }[]
}
/** Of a server that names only subresources (`pods/<metric>`), the API server makes up a parent without kind and verbs. */
type AggregatedResource = {
  resource: string
  responseKind?: { kind?: string } | null
  scope: 'Namespaced' | 'Cluster'
  singularResource?: string
  verbs: string[] | null
  shortNames?: string[]
  categories?: string[]
  subresources?: { subresource: string }[]
}
type GroupList = { groups: { preferredVersion: { groupVersion: string }; versions: { groupVersion: string }[] }[] }
type Versions = { versions: string[] }
type ResourceList = {
  groupVersion: string
  resources:
    | {
        name: string
        singularName?: string
        namespaced: boolean
        kind: string
        verbs: string[] | null
        shortNames?: string[]
        categories?: string[]
      }[]
    | null
}

async function resourcesOf(document: unknown, fetchJson: FetchJson): Promise<readonly ApiResource[]> {
  switch ((document as DiscoveryKind).kind) {
    case 'APIGroupDiscoveryList':
      return aggregatedResources(document as AggregatedList)
    case 'APIVersions':
      return listedResources(
        (document as Versions).versions.map((version) => `/api/${version}`),
        fetchJson,
      )
    default:
      return listedResources(
        groupVersions(document as GroupList).map((version) => `/apis/${version}`),
        fetchJson,
      )
  }
}

function aggregatedResources({ items }: AggregatedList): readonly ApiResource[] {
  return items.flatMap(({ metadata: { name: group = '' }, versions }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.flatMap((found) => {
        const kind = found.responseKind?.kind
        if (!kind) return []
        return {
          group,
          version,
          plural: found.resource,
          singular: found.singularResource || kind.toLowerCase(),
          kind,
          namespaced: found.scope === 'Namespaced',
          shortNames: found.shortNames ?? [],
          categories: found.categories ?? [],
          verbs: found.verbs ?? [],
          subresources: (found.subresources ?? []).map(({ subresource }) => subresource),
        }
      }),
    ),
  )
}

/** The version that the server prefers comes first, whatever its place in the list. */
function groupVersions({ groups }: GroupList): readonly string[] {
  return groups.flatMap(({ preferredVersion, versions }) => [
    preferredVersion.groupVersion,
    ...versions.map(({ groupVersion }) => groupVersion).filter((each) => each !== preferredVersion.groupVersion),
  ])
}

/** One request a version: servers without aggregated discovery. A version that fails is left out, as kubectl does. */
async function listedResources(paths: readonly string[], fetchJson: FetchJson): Promise<readonly ApiResource[]> {
  const lists = await Promise.allSettled(paths.map((path) => fetchJson(path, 'application/json')))
  return lists.flatMap((list) => (list.status === 'fulfilled' ? listedIn(list.value as ResourceList) : []))
}

function listedIn({ groupVersion, resources: listed }: ResourceList): readonly ApiResource[] {
  const resources = listed ?? []
  const [group = '', version = groupVersion] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion]
  return resources
    .filter(({ name, kind }) => !name.includes('/') && kind !== '')
    .map(({ name, singularName, namespaced, kind, verbs, shortNames = [], categories = [] }) => ({
      group,
      version,
      plural: name,
      singular: singularName || kind.toLowerCase(),
      kind,
      namespaced,
      shortNames,
      categories,
      verbs: verbs ?? [],
      subresources: resources.flatMap((each) =>
        each.name.startsWith(`${name}/`) ? [each.name.slice(name.length + 1)] : [],
      ),
    }))
}
