import { readFileSync } from 'node:fs'
import type { Json, JsonObject } from '../values/json.ts'

export type GroupVersionKind = { group: string; version: string; kind: string }
export type DiscoveredSubresource = {
  subresource: string
  responseKind: GroupVersionKind
  acceptedTypes?: GroupVersionKind[]
  verbs: string[]
}
export type DiscoveredResource = {
  resource: string
  responseKind: GroupVersionKind
  scope: 'Namespaced' | 'Cluster'
  singularResource: string
  verbs: string[]
  shortNames?: string[]
  categories?: string[]
  subresources?: DiscoveredSubresource[]
}
export type DiscoveredGroup = {
  metadata: { name?: string }
  versions: { version: string; freshness?: string; resources: DiscoveredResource[] }[]
}
export type ColumnDefinition = { name: string; type: string; format: string; description: string; priority: number }

/** One schema of an OpenAPI v3 document, as the API server publishes it. */
export type Schema = {
  type?: string
  format?: string
  description?: string
  default?: Json
  required?: string[]
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  items?: Schema
  allOf?: Schema[]
  oneOf?: Schema[]
  enum?: Json[]
  $ref?: string
  [extension: `x-${string}`]: Json | undefined
}

export type Kubernetes = {
  version: JsonObject & { gitVersion: string }
  groups: DiscoveredGroup[]
  schemas: Record<string, Schema>
  /** By `GROUP/RESOURCE`, or `RESOURCE` in the core group. */
  columns: Record<string, ColumnDefinition[]>
  /** `SCHEMA.FIELD` of every field that is a pointer in Go: a zero there is kept. */
  pointers: string[]
  /** `SCHEMA.FIELD` of every field that is written whatever it holds. */
  always: string[]
  /** Protobuf messages by schema name: fields as number, name and type; `[]T` is repeated. */
  messages: Record<string, [number, string, string][]>
  clusterRoles: JsonObject[]
  clusterRoleBindings: JsonObject[]
}

/** What a real API server says of the kinds that are served here; written by scripts/generate/kubernetes-api. */
export const kubernetes = JSON.parse(
  readFileSync(new URL('./kubernetes.generated.json', import.meta.url), 'utf8'),
) as Kubernetes
