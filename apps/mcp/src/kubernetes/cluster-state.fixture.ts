import type { ApiServer } from '@fairlead/testing/cluster/api-server'

type Kind = { kind: string; path: (namespace: string) => string }
type Item = { metadata: Metadata & { name: string; ownerReferences?: { controller?: boolean }[] } }
type Whole = { status?: unknown; metadata?: Metadata; [field: string]: unknown }
type Metadata = { labels?: Record<string, string>; annotations?: Record<string, string> }

export type ClusterState = Record<string, unknown>

/** What controllers write of what others do. */
const noted = ['Event', 'Endpoints', 'EndpointSlice', 'ReplicaSet', 'ControllerRevision']

const found = new Map<string, Promise<Kind[]>>()

/**
 * Every object of a namespace by `Kind name`, of all types that there are, without what the server keeps for itself and
 * without the objects that a controller has made for another.
 */
export async function clusterState(api: ApiServer, namespace: string): Promise<ClusterState> {
  const kinds = found.get(api.url) ?? kindsOf(api)
  found.set(api.url, kinds)
  const lists = (await kinds).map(async ({ kind, path }): Promise<[string, unknown][]> => {
    const { body } = await api.request('GET', path(namespace))
    // A type of another test may have gone meanwhile.
    const { apiVersion, items = [] } = body as { apiVersion: string; items?: Item[] }
    const own = items.filter(({ metadata }) => metadata.ownerReferences?.some(({ controller }) => controller) !== true)
    return own.map((item) => [`${kind} ${item.metadata.name}`, wantedOf({ ...item, apiVersion, kind })])
  })
  return Object.fromEntries((await Promise.all(lists)).flat())
}

const serverFields = ['managedFields', 'resourceVersion', 'generation', 'creationTimestamp', 'uid', 'selfLink']
const whileItGoes = ['deletionTimestamp', 'deletionGracePeriodSeconds']
const notes = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
]

/**
 * What somebody wanted of an object: without status, and without what the server and the controllers note down. By a
 * list of its own, so that what the product wrongly leaves out of an effect is not left out of the comparison as well.
 */
export function wantedOf({ status: _, metadata, ...rest }: Whole): object {
  const left = Object.entries(metadata ?? {}).filter(([key]) => ![...serverFields, ...whileItGoes].includes(key))
  const { labels = {}, annotations = {}, ...others } = Object.fromEntries(left) as Metadata
  const told = Object.entries(annotations).filter(([key]) => !notes.includes(key))
  return {
    ...rest,
    metadata: {
      ...others,
      // Without any and with none is the same.
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(told.length > 0 && { annotations: Object.fromEntries(told) }),
    },
  }
}

type Resources = { resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[] }

async function kindsOf(api: ApiServer): Promise<Kind[]> {
  const { body } = await api.request('GET', '/apis')
  const { groups } = body as { groups: { preferredVersion: { groupVersion: string } }[] }
  const bases = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)]
  const lists = bases.map(async (base) => {
    const { resources = [] } = (await api.request('GET', base)).body as Partial<Resources>
    return resources
      .filter(({ kind, namespaced, verbs }) => namespaced && verbs.includes('list') && !noted.includes(kind))
      .map(({ name, kind }): Kind => ({ kind, path: (namespace) => `${base}/namespaces/${namespace}/${name}` }))
  })
  return (await Promise.all(lists)).flat()
}
