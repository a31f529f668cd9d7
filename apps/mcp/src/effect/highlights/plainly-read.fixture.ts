import { valueAt } from '@fairlead/contract/json/json-pointer'
import type { KubeObject } from '../kube-object.ts'
import type { Read } from './fact.ts'

/** An object whose texts are quoted as they are, between the marks that say that they are quoted. */
export function plainlyRead(object: KubeObject): Read {
  return { object, quote: (path) => `«${String(valueAt(object, path))}»` }
}
