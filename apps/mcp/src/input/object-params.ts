import { InvalidInput } from './invalid-input.ts'
import { containerName, namespaceName, objectName } from './names.ts'
import { optional, required } from './parameter.ts'
import { oneOf, text } from './reader.ts'
import { readTypes, resourceType } from './resource-type.ts'
import { fieldSelector, labelSelector } from './selector.ts'

/** The parameters that Kubernetes tools share: wire type, wire default and rule in one place. */

export const name = required('name', text(objectName))

export const resourceName = required('resource_name', text(objectName))

export const nodeName = required('node_name', text(objectName))

/** One type, for tools that act on exactly one object. */
export const type = required('resource_type', text(resourceType))

/** What a read takes: also a comma list, a category, or TYPE/NAME. */
export const types = required('resource_type', text(readTypes))

const workload = oneOf(['deployment', 'statefulset', 'daemonset'])

/** A type that has rollouts. */
export const rolloutType = optional('resource_type', workload, 'deployment')

/** The same for tools whose wire asks for it. */
export const requiredRolloutType = required('resource_type', workload, {
  description: 'deployment, daemonset or statefulset',
})

/** Advertised with the default of the wire; null here, since not given means the configured namespace. */
export const namespace = optional('namespace', text(namespaceName), null, { wireDefault: 'default' })

/** For tools whose wire default is null. */
export const anyNamespace = optional('namespace', text(namespaceName), null)

export const container = optional('container_name', text(containerName), null)

export const byLabels = optional('label_selector', text(labelSelector), null)

export const byFields = optional('field_selector', text(fieldSelector), null)

/** `namespace` and `all_namespaces` exclude each other. */
export function requireOneScope({ namespace, all_namespaces }: { namespace: string | null; all_namespaces: boolean }) {
  if (all_namespaces && namespace !== null) throw new InvalidInput('namespace and all_namespaces exclude each other.')
}
