export type OwnerReference = { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }

export type ObjectMeta = {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: OwnerReference[]
  managedFields?: ManagedFields[]
  [key: string]: unknown
}

export type ManagedFields = {
  manager?: string
  operation?: 'Apply' | 'Update'
  apiVersion?: string
  subresource?: string
  fieldsV1?: Record<string, unknown>
  [key: string]: unknown
}

/** Any object of the API, as it came: only the head is known. */
export type KubeObject = { apiVersion: string; kind: string; metadata: ObjectMeta; [key: string]: unknown }

/** One page of a list. The items of a typed list carry no `apiVersion` and `kind` of their own; `list` of Kube adds them. */
export type KubeList = {
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number }
  items: KubeObject[]
}
