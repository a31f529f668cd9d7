import { valueAt } from '@fairlead/contract/json/json-pointer'
import { isRecord } from '../is-record.ts'
import type { KubeObject } from '../kube-object.ts'
import type { Fact } from './fact.ts'
import { recordIn } from './parts.ts'
import { type Container, type Pod, podsOf } from './pods.ts'

/** What may run as root and could not before: neither it nor its pod forbids it any more. */
export function rootAllowedFacts(before: KubeObject | undefined, after: KubeObject | undefined): Fact[] {
  if (before === undefined || after === undefined) return []
  const present = new Map(podsOf(after).map((pod) => [pod.spec.path, pod]))
  return podsOf(before).flatMap((former) => {
    const pod = present.get(former.spec.path) ?? bareAt(after, former.spec.path)
    if (pod === undefined) return []
    const couldNot = new Map(placesIn(former).map((each) => [each.of, isNonRoot(each, former)]))
    // One that comes counts where it brings root into a pod that had none.
    const noneCould = [...couldNot.values()].every((is) => is)
    return placesIn(pod)
      .filter((each) => (couldNot.get(each.of) ?? noneCould) && !isNonRoot(each, pod))
      .map(({ path, of }): Fact => ({ group: 'rights', path, of, fact: 'may run as root' }))
  })
}

/** What is known for a pod by its settings alone is none by itself once they are gone. */
function bareAt(object: KubeObject, path: string): Pod | undefined {
  const value = valueAt(object, path)
  return isRecord(value) ? { spec: { path, value }, containers: [] } : undefined
}

/** The containers of a pod; where they are elsewhere, the pod stands for them. */
function placesIn({ spec, containers }: Pod): readonly Container[] {
  return containers.length > 0 ? containers : [{ ...spec, of: spec.path }]
}

/** A container wins over its pod, setting by setting. */
function isNonRoot(container: Container, { spec }: Pod): boolean {
  const [own, around] = [container, spec].map((part) => recordIn(part, 'securityContext')?.value)
  const user = own?.runAsUser ?? around?.runAsUser
  return (own?.runAsNonRoot ?? around?.runAsNonRoot) === true || (typeof user === 'number' && user !== 0)
}
