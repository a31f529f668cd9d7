/** A Kubernetes object as it is sent to an API server. */
export type Manifest = {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> }
  [field: string]: unknown
}

/** An edit of an object that is there, as a merge patch. */
export type Edit = { kind: string; name: string; patch: object }

/** What one object is called. */
export type Named = { kind: string; name: string }
