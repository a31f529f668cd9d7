import { isRecord } from '../effect/is-record.ts'
import type { Target } from '../kube/discovery/api-resource.ts'

/** Where an object lies, whatever version of its type a request names: `apps namespaces/shop/deployments/web`. */
export type ObjectPlace = string

export function placeOfTarget({ resource, namespace, name }: Target): ObjectPlace {
  return placeOf(resource.group, resource.namespaced ? namespace : undefined, resource.plural, name)
}

const objectPath = /^\/(?:api|apis\/([^/]+))\/[^/]+(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/

/** Of a request about one object, or that creates one; undefined for any other. */
export function placeOfRequest({
  method,
  path,
  body,
}: {
  method: string
  path: string
  body: Buffer
}): ObjectPlace | undefined {
  const { pathname } = new URL(path, 'http://forwarder')
  const [, group = '', namespace, plural = '', named] = objectPath.exec(pathname)?.map(decoded) ?? []
  const name = named ?? (method === 'POST' ? nameIn(body) : undefined)
  return plural === '' || name === undefined ? undefined : placeOf(group, namespace, plural, name)
}

function placeOf(group: string, namespace: string | undefined, plural: string, name: string): ObjectPlace {
  return `${group} ${namespace === undefined ? '' : `namespaces/${namespace}/`}${plural}/${name}`.trim()
}

function decoded(part: string | undefined): string | undefined {
  return part === undefined ? undefined : decodeURIComponent(part)
}

function nameIn(body: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    const name = isRecord(value) && isRecord(value.metadata) ? value.metadata.name : undefined
    return typeof name === 'string' ? name : undefined
  } catch {
    // Records come as protobuf, and are judged by themselves.
    return undefined
  }
}
