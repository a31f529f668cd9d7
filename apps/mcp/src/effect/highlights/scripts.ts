import type { KubeObject } from '../../kube/kube-object.ts'
import { isRecord } from '../is-record.ts'
import type { Fact, FactRule, Read } from './fact.ts'
import { at, recordIn, recordsIn } from './parts.ts'
import { type Container, type Pod, podsOf, projectedSources } from './pods.ts'
import { mayRunVariable, wordsOf } from './started-by.ts'

const ofScript = /\.(?:sh|bash|ash|zsh|ksh|py|rb|pl|php|js|mjs|cjs|ts|lua|tcl|awk|ps1|bat|cmd|groovy|sql)$/i

/**
 * Values of a ConfigMap that would run: by their own look, or since a command of `pods`, which mount it, names them.
 * What a program makes of any other value nobody can tell from here.
 */
export function scriptsNamedBy(pods: readonly Pod[]): FactRule {
  return ({ object, quote }) => {
    if (object.kind !== 'ConfigMap' || object.apiVersion !== 'v1') return []
    const { name } = object.metadata
    return (['data', 'binaryData'] as const).flatMap((field) => {
      const values = isRecord(object[field]) ? object[field] : {}
      const running = Object.keys(values).filter((key) => {
        const text = values[key]
        return typeof text === 'string' && (looksLikeScript(key, text) || pods.some((pod) => isNamed(pod, name, key)))
      })
      return running.map((key): Fact => {
        const path = at(`/${field}`, key)
        const word = field === 'data' ? 'script' : 'script in base64'
        return { group: 'what runs', path, of: '', fact: `${word} ${key} ${quote(path)}` }
      })
    })
  }
}

function looksLikeScript(key: string, text: string): boolean {
  // `#!` in base64 begins with these.
  return ofScript.test(key) || text.startsWith('#!') || /^IyE/.test(text)
}

/** Whether a pod is given a key of a ConfigMap, and one of its commands says its name. */
function isNamed(pod: Pod, configMap: string, key: string): boolean {
  const files = filesOf(pod, configMap, key)
  return pod.containers.some((container) => {
    if (files.some((file) => wordsOf(container).some((word) => word.includes(file)))) return true
    return variablesOf(container, configMap, key).some((variable) => mayRunVariable(container, variable))
  })
}

/** What the key is called where it is mounted. */
function filesOf({ spec }: Pod, configMap: string, key: string): string[] {
  const volumes = recordsIn(spec, 'volumes')
  return [...volumes, ...projectedSources(volumes)]
    .flatMap((source) => recordIn(source, 'configMap') ?? [])
    .filter((map) => map.value.name === configMap)
    .flatMap((map) => {
      const items = recordsIn(map, 'items')
      if (items.length === 0) return [key]
      return items.filter(({ value }) => value.key === key).map(({ value }) => String(value.path))
    })
}

function variablesOf(container: Container, configMap: string, key: string): string[] {
  const single = recordsIn(container, 'env').filter((each) => {
    const ref = recordIn(each, 'valueFrom', 'configMapKeyRef')
    return ref?.value.name === configMap && ref.value.key === key
  })
  const whole = recordsIn(container, 'envFrom').filter(
    (each) => recordIn(each, 'configMapRef')?.value.name === configMap,
  )
  return [
    ...single.map(({ value }) => String(value.name)),
    ...whole.map(({ value }) => `${typeof value.prefix === 'string' ? value.prefix : ''}${key}`),
  ]
}

/** Values of ConfigMaps that are there already, and that a command of a pod names which mounts them. */
export function scriptsMounted(configMaps: readonly Read[]): FactRule {
  return ({ object }) => {
    const reachable = configMaps.filter((map) => map.object.metadata.namespace === object.metadata.namespace)
    return podsOf(object).flatMap((pod) =>
      reachable.flatMap(({ object: { data, metadata }, quote }) => {
        const keys = Object.keys(isRecord(data) ? data : {}).filter((key) => isNamed(pod, metadata.name, key))
        return keys.map((key): Fact => {
          const fact = `script ${key} of ConfigMap ${metadata.name} ${quote(at('/data', key))}`
          return { group: 'what runs', path: pod.spec.path, of: pod.spec.path, fact }
        })
      }),
    )
  }
}

/** Names of all ConfigMaps that the pods of an object are given. */
export function configMapsOf(object: KubeObject): string[] {
  const refs = podsOf(object).flatMap(({ spec, containers }) => {
    const volumes = recordsIn(spec, 'volumes')
    const env = containers.flatMap((container) => recordsIn(container, 'env'))
    const envFrom = containers.flatMap((container) => recordsIn(container, 'envFrom'))
    return [
      ...[...volumes, ...projectedSources(volumes)].flatMap((each) => recordIn(each, 'configMap') ?? []),
      ...env.flatMap((each) => recordIn(each, 'valueFrom', 'configMapKeyRef') ?? []),
      ...envFrom.flatMap((each) => recordIn(each, 'configMapRef') ?? []),
    ]
  })
  return [...new Set(refs.map(({ value }) => value.name).filter((name) => typeof name === 'string'))]
}

/** Pods that an object says are made of it. A mounted ConfigMap is one of their own namespace. */
export function podsIn(objects: readonly KubeObject[], namespace: string | undefined): Pod[] {
  return objects.filter(({ metadata }) => metadata.namespace === namespace).flatMap(podsOf)
}
