import type { Cluster } from '../store/cluster.ts'
import type { Cause } from '../values/api-status-error.ts'
import type { JsonObject } from '../values/json.ts'

/** What is particular to a kind; everything else is the same for all. Objects handed in may be changed in place. */
export type Strategy = {
  /** Sets what the API server sets when a field was left out. */
  setDefaults?(object: JsonObject): void
  /** What the server itself decides about a new object: addresses, names, a phase. */
  prepareCreate?(object: JsonObject, context: { cluster: Cluster; isDryRun: boolean }): void
  prepareUpdate?(object: JsonObject, old: JsonObject, context: { cluster: Cluster }): void
  validate?(object: JsonObject): Cause[]
  validateUpdate?(object: JsonObject, old: JsonObject): Cause[]
  /** Its spec is counted in `metadata.generation`. */
  hasGeneration?: boolean
  /** And so are its annotations. */
  countsAnnotations?: boolean
  /** And so is an empty list or map that is given in the place of none, each time. */
  countsEmpty?: boolean
  /** A deletion answers with the object and not with a Status. */
  returnsDeleted?: boolean
  /** Dependents stay when a deletion does not say otherwise. */
  orphansByDefault?: boolean
  /** A rule for `metadata.name` other than the DNS subdomain. */
  nameRule?: (name: string, isPrefix: boolean) => string[]
  /** A finalizer of it need not say whose it is. */
  takesAnyFinalizer?: boolean
  /** An update has to say which version it means. */
  needsVersion?: boolean
  /** A PUT to a name that is not there makes it. */
  createsOnUpdate?: boolean
}
