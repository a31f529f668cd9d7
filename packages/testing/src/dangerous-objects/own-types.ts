import type { ApiServer } from '../cluster/api-server.ts'
import type { Fields, KubeJson } from './kube-json.ts'

const group = 'dangerous.example.com'
export const ownTypes = `${group}/v1`

/** Custom resources that make pods: one keeps an image beside the containers, one what holds for all pods above them. */
const kinds = ['Monitor', 'Workflow']

/** Has a cluster serve the types of dangerous objects that it does not bring. They stay: any test may do the same. */
export async function serveOwnTypes(cluster: Pick<ApiServer, 'request'>): Promise<void> {
  for (const kind of kinds) {
    const plural = `${kind.toLowerCase()}s`
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    const { status, body } = await cluster.request('POST', path, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: anything } }],
      },
    })
    if (status !== 201 && status !== 409) throw new Error(`${kind} is not served: ${JSON.stringify(body)}`)
    await served(cluster, plural)
  }
}

const anything: Fields = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

/** Its objects are served, discovery lists it and its schema is published: any may come seconds after the others. */
async function served(cluster: Pick<ApiServer, 'request'>, plural: string): Promise<void> {
  const end = Date.now() + 30_000
  const read = async (path: string) => await cluster.request('GET', path)
  while (Date.now() < end) {
    const objects = await read(`/apis/${ownTypes}/namespaces/default/${plural}`)
    const resources = await read(`/apis/${ownTypes}`)
    const groups = await read('/apis')
    const schemas = await read(`/openapi/v3/apis/${ownTypes}`)
    const isListed =
      JSON.stringify(resources.body).includes(`"${plural}"`) && JSON.stringify(groups.body).includes(`"${group}"`)
    if (objects.status === 200 && isListed && JSON.stringify(schemas.body).includes(`/${plural}"`)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${plural} were not served within 30 s`)
}

/** Creates an object in a namespace; one that is there already stays. */
export async function createIn(
  cluster: Pick<ApiServer, 'request'>,
  namespace: string,
  object: KubeJson,
): Promise<void> {
  const { apiVersion, kind } = object
  const lower = kind.toLowerCase()
  const plural = lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : `${lower}${lower.endsWith('s') ? 'es' : 's'}`
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`
  const { status, body } = await cluster.request('POST', `${root}/namespaces/${namespace}/${plural}`, object)
  if (status !== 201 && status !== 409) throw new Error(`${kind} was not created: ${JSON.stringify(body)}`)
}
