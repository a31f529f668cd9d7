import type { KubeObject } from '../../../effect/kube-object.ts'
import type { KubeContext } from '../../../kube/kube-context.ts'
import { fields, type Lines, outline, partOf, section, tableSection } from '../../../output/report.ts'
import { type Layout, partsOf } from './layout.ts'

type ServicePort = { name?: string; port: number; protocol?: string; targetPort?: unknown; nodePort?: number }
type ServiceSpec = {
  type: string
  clusterIP: string
  externalName: string
  selector: Record<string, string>
  ports: ServicePort[]
  sessionAffinity: string
}
type LoadBalancerStatus = { loadBalancer: { ingress?: { ip?: string; hostname?: string }[] } }

export const serviceLayout: Layout = async (object, context) => {
  const { spec, status } = partsOf<ServiceSpec, LoadBalancerStatus>(object)
  return [
    ...fields([
      ['Type', spec.type],
      ['Cluster IP', spec.clusterIP],
      ['External name', spec.externalName],
      ['Selector', spec.selector ?? null],
      ['Load balancer', addressesOf(status)],
      ['Session affinity', spec.sessionAffinity],
    ]),
    ...tableSection(
      'Ports',
      ['NAME', 'PORT', 'TARGET', 'NODE PORT'],
      (spec.ports ?? []).map(({ name = '', port, protocol, targetPort, nodePort }) => [
        name,
        `${port}/${protocol}`,
        targetPort,
        nodePort ?? '',
      ]),
    ),
    ...(await partOf('Endpoints', endpoints(object, context))),
  ]
}

function addressesOf({ loadBalancer }: Partial<LoadBalancerStatus>): string[] | undefined {
  return loadBalancer?.ingress?.map(({ ip, hostname }) => ip ?? hostname ?? '')
}

type Endpoint = {
  addresses?: string[]
  conditions?: { ready?: boolean }
  targetRef?: { kind?: string; name?: string }
  nodeName?: string
}

async function endpoints({ metadata }: KubeObject, { kube }: KubeContext): Promise<Lines> {
  const { items } = await kube.list(await kube.resolve('endpointslices.discovery.k8s.io'), {
    namespace: metadata.namespace,
    labelSelector: `kubernetes.io/service-name=${metadata.name}`,
  })
  const all = items.flatMap((slice) => (slice.endpoints as Endpoint[] | undefined) ?? [])
  if (all.length === 0) return ['Endpoints: <none>']
  const rows = all.map(({ addresses, conditions, targetRef, nodeName }) => [
    addresses ?? [],
    conditions?.ready === false ? 'no' : 'yes',
    targetRef ? `${targetRef.kind}/${targetRef.name}` : '',
    nodeName ?? '',
  ])
  return tableSection('Endpoints', ['ADDRESS', 'READY', 'TARGET', 'NODE'], rows)
}

type Backend = {
  service?: { name: string; port?: { number?: number; name?: string } }
  resource?: { kind: string; name: string }
}
type IngressSpec = {
  ingressClassName: string
  defaultBackend: Backend
  tls: { hosts?: string[]; secretName?: string }[]
  rules: { host?: string; http?: { paths: { path?: string; pathType?: string; backend: Backend }[] } }[]
}

export const ingressLayout: Layout = (object) => {
  const { spec, status } = partsOf<IngressSpec, LoadBalancerStatus>(object)
  const rows = (spec.rules ?? []).flatMap(({ host = '*', http }) =>
    (http?.paths ?? []).map(({ path = '/', pathType = '', backend }) => [host, path, pathType, backendText(backend)]),
  )
  return [
    ...fields([
      ['Class', spec.ingressClassName ?? null],
      ['Addresses', addressesOf(status) ?? []],
      ['Default backend', spec.defaultBackend && backendText(spec.defaultBackend)],
      ['TLS', spec.tls?.map(({ hosts = [], secretName }) => `${secretName ?? '<none>'} for ${hosts.join(' ')}`)],
    ]),
    ...tableSection('Rules', ['HOST', 'PATH', 'TYPE', 'BACKEND'], rows),
  ]
}

function backendText({ service, resource }: Backend): string {
  return service
    ? `${service.name}:${service.port?.number ?? service.port?.name}`
    : `${resource?.kind}/${resource?.name}`
}

type PolicySpec = { podSelector: object; policyTypes: string[]; ingress: object[]; egress: object[] }

export const networkPolicyLayout: Layout = (object) => {
  const { spec } = partsOf<PolicySpec>(object)
  const types = spec.policyTypes ?? []
  return [
    ...fields([['Policy types', types]]),
    ...section('Pods', outlineOr(spec.podSelector, 'all pods of the namespace')),
    ...(types.includes('Ingress') ? section('Allowed in', outlineOr(spec.ingress, 'nothing')) : []),
    ...(types.includes('Egress') ? section('Allowed out', outlineOr(spec.egress, 'nothing')) : []),
  ]
}

function outlineOr(value: unknown, empty: string): Lines {
  const lines = outline(value ?? {})
  return lines.length === 0 ? [empty] : lines
}
