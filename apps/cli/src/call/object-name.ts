import type { ObjectRef } from '@fairlead/contract/effect'
import { neutraliseLine } from '../terminal/neutralise.ts'

/** As people say it: `Deployment shop/web`. */
export function objectName({ kind, namespace, name }: ObjectRef): string {
  return neutraliseLine(`${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`)
}
