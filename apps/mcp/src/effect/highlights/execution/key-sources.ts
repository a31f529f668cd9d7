import type { KubeObject } from '../../kube-object.ts'
import { type Part, recordIn, recordsIn } from '../parts.ts'
import { podsOf, projectedSources } from '../pods.ts'

/** What keeps texts by key in a namespace, and is given to pods by its name. */
export type KeySource = { kind: keyof typeof keySources; name: string }

type Row = {
  /** As the server resolves it. */
  resource: string
  /** Where its texts stand, and what they are called in a fact. */
  fields: Readonly<Record<string, string>>
  /** The field of a volume, and the one in it that has the name. */
  volume: readonly [field: string, name: string]
  /** The same of a source of a projected volume. */
  projected: readonly [field: string, name: string]
  /** The field of `valueFrom`, for one key. */
  variable: string
  /** The field of `envFrom`, for all keys. */
  variables: string
}

/** By kind. All that is said of what pods are given holds for each row. */
export const keySources = {
  ConfigMap: {
    resource: 'configmaps.v1.',
    fields: { data: 'script', binaryData: 'script in base64' },
    volume: ['configMap', 'name'],
    projected: ['configMap', 'name'],
    variable: 'configMapKeyRef',
    variables: 'configMapRef',
  },
  Secret: {
    resource: 'secrets.v1.',
    fields: { data: 'script in base64' },
    volume: ['secret', 'secretName'],
    projected: ['secret', 'name'],
    variable: 'secretKeyRef',
    variables: 'secretRef',
  },
} as const satisfies Readonly<Record<string, Row>>

/** The source that an object is; undefined where it is none. */
export function keySourceOf({ apiVersion, kind, metadata }: KubeObject): KeySource | undefined {
  return apiVersion === 'v1' && isSourceKind(kind) ? { kind, name: metadata.name } : undefined
}

function isSourceKind(kind: string): kind is KeySource['kind'] {
  return Object.hasOwn(keySources, kind)
}

/** Where a volume takes files from: itself, or each of what it puts together. */
export function volumeSourcesOf(volume: Part, kind: KeySource['kind']): { part: Part; name: unknown }[] {
  const row: Row = keySources[kind]
  const places = [
    { from: volume, at: row.volume },
    ...projectedSources([volume]).map((from) => ({ from, at: row.projected })),
  ]
  return places.flatMap(({ from, at: [field, name] }) => {
    const part = recordIn(from, field)
    return part === undefined ? [] : [{ part, name: part.value[name] }]
  })
}

/** All sources that the pods of an object are given, each once. */
export function keySourcesGiven(object: KubeObject): KeySource[] {
  const pods = podsOf(object)
  return (Object.keys(keySources) as KeySource['kind'][]).flatMap((kind) => {
    const row: Row = keySources[kind]
    const names = pods.flatMap(({ spec, containers }) => [
      ...recordsIn(spec, 'volumes').flatMap((volume) => volumeSourcesOf(volume, kind).map(({ name }) => name)),
      ...containers.flatMap((container) => [
        ...recordsIn(container, 'env').map((each) => recordIn(each, 'valueFrom', row.variable)?.value.name),
        ...recordsIn(container, 'envFrom').map((each) => recordIn(each, row.variables)?.value.name),
      ]),
    ])
    return [...new Set(names.filter((name) => typeof name === 'string'))].map((name) => ({ kind, name }))
  })
}
