import type { ToolContext } from '../tool/tool-context.ts'
import type { Kube } from './kube.ts'

/** A cluster that this server is configured with. */
export type ConfiguredCluster = {
  /** The context's name; `default` where only one is configured and it was not named. */
  name: string
  /** Address of its API server. */
  server: string
  /** Used when a call names no `context`. */
  isDefault: boolean
  /** It, as this caller, for this call. */
  kube(): Kube
}

/** What a tool about a cluster sees beside its arguments. */
export type KubeContext = ToolContext & {
  /** The API server of the call's cluster as this caller, for this call: reads and dry runs. */
  kube: Kube
  /** All there are, the default one first; for tools that tell of them. */
  clusters: readonly ConfiguredCluster[]
  /** The helm beside this server: its version, or why there is none. */
  helmState(): Promise<string>
  /** Used when a call names no namespace. */
  defaultNamespace: string
}
