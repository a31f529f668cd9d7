import { z } from 'zod'
import type { Target } from '../kube/discovery/api-resource.ts'

const withMetadata = z.object({ metadata: z.object({ name: z.string().optional(), uid: z.string().optional() }) })

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
  const name = named ?? (method === 'POST' ? metadataIn(body)?.name : undefined)
  return plural === '' || name === undefined ? undefined : placeOf(group, namespace, plural, name)
}

function placeOf(group: string, namespace: string | undefined, plural: string, name: string): ObjectPlace {
  return `${group} ${namespace === undefined ? '' : `namespaces/${namespace}/`}${plural}/${name}`.trim()
}

function decoded(part: string | undefined): string | undefined {
  return part === undefined ? undefined : decodeURIComponent(part)
}

/** Of an object in JSON. */
export function metadataIn(body: Buffer): { name?: string; uid?: string } | undefined {
  try {
    return withMetadata.parse(JSON.parse(body.toString('utf8'))).metadata
  } catch {
    // Records come as protobuf, and are judged by themselves.
    return undefined
  }
}
