import type { ObjectRef } from '@fairlead/contract/effect/effect'
import { visibleLine } from '@fairlead/contract/visible-text'

/** As people say it: `Deployment shop/web`. */
export function objectName({ kind, namespace, name }: ObjectRef): string {
  return visibleLine(`${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`)
}
