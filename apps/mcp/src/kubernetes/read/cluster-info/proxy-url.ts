import type { KubeObject } from '../../../effect/kube-object.ts'

type Port = { name?: string; port: number }

/** A Service by the name that it goes by, and the address at which the API server passes requests on to it. */
export function namedProxyUrl({ metadata, spec }: KubeObject, server: string): readonly [name: string, url: string] {
  const { ports = [] } = (spec ?? {}) as { ports?: Port[] }
  const [port] = ports
  const path = `/api/v1/namespaces/${metadata.namespace}/services/${schemed(metadata.name, port)}/proxy`
  return [metadata.labels?.['kubernetes.io/name'] ?? metadata.name, `${server.replace(/\/$/, '')}${path}`]
}

/** `name`, `name:port`, `https:name:port`. */
function schemed(name: string, port: Port | undefined): string {
  if (port === undefined) return name
  if (port.name === 'https' || port.port === 443) return `https:${name}:${port.name ?? ''}`
  return port.name ? `${name}:${port.name}` : name
}
