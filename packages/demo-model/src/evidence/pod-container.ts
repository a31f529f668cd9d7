import {
  type Container,
  containersOf,
  isWorkload,
  type Job,
  type Pod,
  type Ref,
  refOf,
  type Workload,
} from '../cluster/objects.ts'
import type { Proof } from './finding.ts'

export type PodContainer = { pod: Pod; owner: Workload | Job | undefined; container: Container }

/** Where the container is declared: in the workload's template, or in the pod itself. */
export function declaredIn({ pod, owner, container }: PodContainer): { of: Ref; path: string; container: Container } {
  const template = owner?.spec.template.spec
  const spec = template ?? pod.spec
  const list = spec.initContainers?.some(({ name }) => name === container.name) ? 'initContainers' : 'containers'
  const prefix = template === undefined ? 'spec' : 'spec.template.spec'
  return {
    of: refOf(owner ?? pod),
    path: `${prefix}.${list}[${container.name}]`,
    container: containersOf(spec).find(({ name }) => name === container.name) ?? container,
  }
}

export function statusPath({ pod, container }: Pick<PodContainer, 'pod' | 'container'>): string {
  const isFirst = pod.spec.initContainers?.some(({ name }) => name === container.name)
  return `status.${isFirst ? 'initContainerStatuses' : 'containerStatuses'}[${container.name}]`
}

export function workloadOf({ owner }: Pick<PodContainer, 'owner'>): Workload | undefined {
  return owner !== undefined && owner.kind !== 'Job' && isWorkload(owner) ? owner : undefined
}

export function fieldProof(of: Ref, field: string, value: unknown): Proof {
  return { of, field, value: typeof value === 'string' ? value : JSON.stringify(value) }
}
