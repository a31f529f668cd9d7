import type { Requester } from './watch-cluster.fixture.ts'

export type Served = { where: string; text: string; isLog: boolean }

type Discovery = {
  items: {
    metadata: { name?: string }
    versions: { version: string; resources: { resource: string; scope: string; verbs: string[] }[] }[]
  }[]
}
type Pod = { metadata: { name: string }; spec: { containers: { name: string }[] } }

/** Everything that an API server answers of a namespace: all kinds in all their versions, and the log of each container. */
export async function textsServed(server: Requester, namespace: string): Promise<Served[]> {
  const paths = [...(await pathsOf(server, '/api', namespace)), ...(await pathsOf(server, '/apis', namespace))]
  if (!paths.some((path) => path.endsWith('/pods'))) throw new Error(`no pods among ${paths.join(' ')}`)
  const objects = await Promise.all(
    paths.map(async (path): Promise<Served> => {
      const { status, body } = await server.request('GET', path)
      if (status !== 200) throw new Error(`GET ${path}: ${status}`)
      return { where: path, text: JSON.stringify(body), isLog: false }
    }),
  )
  const { body } = await server.request('GET', `/api/v1/namespaces/${namespace}/pods`)
  const logs = (body as { items: Pod[] }).items.flatMap(({ metadata: { name }, spec: { containers } }) =>
    containers.flatMap((container) =>
      ['', '&previous=true'].map((more) => `pods/${name}/log?container=${container.name}${more}`),
    ),
  )
  const said = await Promise.all(
    logs.map(async (log): Promise<Served> => {
      const where = `/api/v1/namespaces/${namespace}/${log}`
      return { where, text: String((await server.request('GET', where)).body), isLog: true }
    }),
  )
  return [...objects, ...said]
}

async function pathsOf(server: Requester, root: string, namespace: string): Promise<string[]> {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const { body } = await server.request('GET', root, undefined, undefined, accept)
  return (body as Discovery).items.flatMap(({ metadata: { name }, versions }) =>
    versions.flatMap(({ version, resources }) =>
      resources
        .filter(({ verbs }) => verbs.includes('list'))
        .map(({ resource, scope }) => {
          const group = name === undefined || name === '' ? `${root}/${version}` : `${root}/${name}/${version}`
          return scope === 'Namespaced' ? `${group}/namespaces/${namespace}/${resource}` : `${group}/${resource}`
        }),
    ),
  )
}
