/** An object of the API as JSON; only its head is known. */
export type KubeJson = {
  apiVersion: string
  kind: string
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> }
  [key: string]: unknown
}

export type Fields = Record<string, unknown>
