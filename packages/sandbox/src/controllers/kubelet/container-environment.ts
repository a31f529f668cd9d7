import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import type { ConfigMap, Container, EnvVar, KeyReference, Pod, Secret } from '../runtime/shapes.ts'

/** What keeps a container from being configured, as the kubelet says it. */
export class ConfigurationFault extends Error {
  override readonly name = 'ConfigurationFault'
}

/** The environment of a container. Throws ConfigurationFault when something it refers to is not there. */
export function environmentOf(client: Client, pod: Pod, container: Container): Record<string, string> {
  const { namespace } = pod.metadata
  const result: Record<string, string> = {}
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const reference = configMapRef ?? secretRef
    const kind = configMapRef ? 'configmap' : 'secret'
    const data = configMapRef
      ? configData(client, namespace, configMapRef.name)
      : secretData(client, namespace, secretRef?.name)
    if (data === undefined) {
      if (reference?.optional) continue
      throw new ConfigurationFault(`${kind} "${reference?.name ?? ''}" not found`)
    }
    for (const [key, value] of Object.entries(data)) result[`${prefix}${key}`] = value
  }
  for (const variable of container.env ?? []) {
    const value = variableValue(client, pod, variable)
    if (value !== undefined) result[variable.name] = expanded(value, result)
  }
  return result
}

function variableValue(client: Client, pod: Pod, { value, valueFrom }: EnvVar): string | undefined {
  const { namespace } = pod.metadata
  if (valueFrom?.configMapKeyRef) {
    const reference = valueFrom.configMapKeyRef
    return keyOf(reference, configData(client, namespace, reference.name), {
      kind: 'configmap',
      shown: 'ConfigMap',
      namespace,
    })
  }
  if (valueFrom?.secretKeyRef) {
    const reference = valueFrom.secretKeyRef
    return keyOf(reference, secretData(client, namespace, reference.name), {
      kind: 'secret',
      shown: 'Secret',
      namespace,
    })
  }
  if (valueFrom?.fieldRef) return fieldOf(pod, valueFrom.fieldRef.fieldPath)
  return valueFrom ? '' : (value ?? '')
}

function keyOf(
  { name = '', key, optional }: KeyReference,
  data: Record<string, string> | undefined,
  { kind, shown, namespace }: { kind: string; shown: string; namespace: string },
): string | undefined {
  const value = data?.[key]
  if (value !== undefined || optional) return value
  if (data === undefined) throw new ConfigurationFault(`${kind} "${name}" not found`)
  throw new ConfigurationFault(`couldn't find key ${key} in ${shown} ${namespace}/${name}`)
}

function fieldOf(pod: Pod, path: string): string {
  const map = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path)
  if (map) return pod.metadata[map[1] as 'labels' | 'annotations']?.[map[2] ?? ''] ?? ''
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name
    case 'metadata.namespace':
      return pod.metadata.namespace
    case 'metadata.uid':
      return pod.metadata.uid
    case 'spec.nodeName':
      return pod.spec.nodeName ?? ''
    case 'status.podIP':
      return pod.status.podIP ?? ''
    case 'status.hostIP':
      return pod.status.hostIP ?? ''
    default:
      return ''
  }
}

/** `$(NAME)` of a variable that stands before. */
function expanded(value: string, known: Record<string, string>): string {
  return value.replace(/\$\((\w+)\)/g, (whole, name: string) => known[name] ?? whole)
}

function configData(client: Client, namespace: string, name = ''): Record<string, string> | undefined {
  const found = client.get<ConfigMap>(keys.configMaps, namespace, name)
  return found && (found.data ?? {})
}

function secretData(client: Client, namespace: string, name = ''): Record<string, string> | undefined {
  const found = client.get<Secret>(keys.secrets, namespace, name)
  if (found === undefined) return undefined
  return Object.fromEntries(
    Object.entries(found.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  )
}

/** What a volume refers to and is not there, as the event of a failed mount says it. */
export function missingVolume(client: Client, { spec, metadata }: Pod): string | undefined {
  const { namespace } = metadata
  for (const { name, configMap, secret, persistentVolumeClaim } of spec.volumes ?? []) {
    const failed = (why: string) => `MountVolume.SetUp failed for volume "${name}" : ${why}`
    if (configMap && !configMap.optional) {
      const found = client.get<ConfigMap>(keys.configMaps, namespace, configMap.name ?? '')
      if (found === undefined) return failed(`configmap "${configMap.name}" not found`)
      const missing = (configMap.items ?? []).find(
        ({ key }) => found.data?.[key] === undefined && found.binaryData?.[key] === undefined,
      )
      if (missing) return failed(`configmap references non-existent config key: ${missing.key}`)
    }
    if (secret && !secret.optional) {
      const found = client.get<Secret>(keys.secrets, namespace, secret.secretName ?? '')
      if (found === undefined) return failed(`secret "${secret.secretName}" not found`)
      const missing = (secret.items ?? []).find(({ key }) => found.data?.[key] === undefined)
      if (missing) return failed(`references non-existent secret key: ${missing.key}`)
    }
    if (persistentVolumeClaim && client.get(keys.claims, namespace, persistentVolumeClaim.claimName) === undefined) {
      return `persistentvolumeclaim "${persistentVolumeClaim.claimName}" not found`
    }
  }
  return undefined
}
