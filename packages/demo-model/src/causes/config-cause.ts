import { type ConfigMap, type Container, containersOf, type PodSpec, refOf } from '../cluster/objects.ts'
import { objectsIn } from '../cluster/read-objects.ts'
import { type Finding, nameOf, type Remedy } from '../evidence/finding.ts'
import { patchContainer } from '../evidence/patches.ts'
import { declaredIn, fieldProof, type PodContainer, statusPath, workloadOf } from '../evidence/pod-container.ts'
import { wayBack } from '../evidence/revisions.ts'
import type { Symptom } from '../evidence/symptoms.ts'
import { distance } from '../lexicon/distance.ts'
import { call, type Plan } from '../plan/plan.ts'

export type Missing = { kind: 'ConfigMap' | 'Secret'; name: string; key?: string }

/** What a message says is missing: an object, or a key of one. */
export function missingIn(message: string): Missing | undefined {
  const key = /couldn't find key "?([\w.-]+)"? in (ConfigMap|Secret) (?:[\w.-]+\/)?([\w.-]+)/i.exec(message)
  if (key !== null) return { kind: kindFrom(key[2]), name: key[3] ?? '', key: key[1] }
  const whole = /(configmap|secret)s? "([\w.-]+)" (?:not found|is not found)/i.exec(message)
  return whole === null ? undefined : { kind: kindFrom(whole[1]), name: whole[2] ?? '' }
}

function kindFrom(word = ''): Missing['kind'] {
  return word.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap'
}

/** A ConfigMap or Secret, or a key of one, that the pod needs and that is not there. */
export function* configCause(symptom: Symptom<'config'>): Plan<Finding> {
  const { pod, status } = symptom
  const { reason = '', message = '' } = status.state?.waiting ?? {}
  const { of } = declaredIn(symptom)
  const missing = missingIn(message)
  const shown = [
    fieldProof(refOf(pod), `${statusPath(symptom)}.state.waiting.reason`, reason),
    fieldProof(refOf(pod), `${statusPath(symptom)}.state.waiting.message`, message),
  ]
  if (missing === undefined) {
    const says = `${nameOf(of)} cannot start: ${message || reason}.`
    return { subject: of, says, proofs: shown, confidence: 70, missing: 'more than its message tells' }
  }
  return yield* missingConfig(symptom, missing, shown)
}

/** The same, however it came to light: what is needed, where it is asked for, and what is there in its place. */
export function* missingConfig(podContainer: PodContainer, missing: Missing, shown: Finding['proofs']): Plan<Finding> {
  const { pod } = podContainer
  const { of, path, container } = declaredIn(podContainer)
  const { namespace = '' } = pod.metadata
  const reference = referenceTo(missing, podContainer)
  const what =
    missing.key === undefined
      ? `${missing.kind} \`${namespace}/${missing.name}\` does not exist`
      : `${missing.kind} \`${namespace}/${missing.name}\` has no key \`${missing.key}\``
  const finding: Finding = {
    subject: of,
    says: `${nameOf(of)} cannot start: ${what}.`,
    proofs: [...shown, ...(reference === undefined ? [] : [fieldProof(of, reference.field(path), reference.value)])],
    confidence: 95,
    touches: [{ kind: missing.kind, namespace, name: missing.name }],
  }
  const workload = workloadOf(podContainer)
  if (workload === undefined) return { ...finding, missing: 'an owner whose template could be changed' }
  const back = yield* wayBack(workload, (spec) => !asksFor(spec, missing))
  if (back !== undefined) return { ...finding, remedy: back.remedy }
  const type = missing.kind === 'Secret' ? 'secrets' : 'configmaps'
  const reply = yield* call('k8s_get', { resource_type: type, namespace, output: 'json' })
  const there = reply.kind === 'answered' ? (objectsIn(reply.text).objects as ConfigMap[]) : []
  const instead = insteadOf(missing, { there, container })
  if (instead === undefined) {
    const near = there.map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt')
    const known = near.length === 0 ? `there is no other ${missing.kind} here` : `there is ${near.join(', ')}`
    return { ...finding, missing: `what should stand in ${missing.kind} \`${missing.name}\`; ${known}` }
  }
  const remedy: Remedy = {
    says: `let ${nameOf(of)} read ${missing.kind} \`${instead.name}\`${instead.key ? `, key \`${instead.key}\`` : ''}`,
    calls: [
      patchContainer(
        workload,
        container,
        containerFields(container, missing, instead),
        volumeFields(workload.spec.template.spec, missing, instead),
      ),
    ],
  }
  const proof = fieldProof({ kind: missing.kind, namespace, name: instead.name }, 'data', Object.keys(instead.data))
  return { ...finding, proofs: [...finding.proofs, proof], remedy }
}

type Instead = { name: string; key?: string; data: Record<string, string> }

/** What is there and was probably meant: of near name with all the keys, or the same object with a near key. */
function insteadOf(
  missing: Missing,
  { there, container }: { there: readonly ConfigMap[]; container: Container },
): Instead | undefined {
  if (missing.key !== undefined) {
    const { key } = missing
    const own = there.find(({ metadata }) => metadata.name === missing.name)
    const near = Object.keys(own?.data ?? {}).find((candidate) => isAlike(candidate.toLowerCase(), key.toLowerCase()))
    if (near !== undefined) return { name: missing.name, key: near, data: own?.data ?? {} }
    const other = there.find(({ data = {} }) => key in data)
    return other && { name: other.metadata.name, key, data: other.data ?? {} }
  }
  const keys = keysReadFrom(container, missing)
  const [best] = there
    .filter(({ data = {}, metadata }) => metadata.name !== 'kube-root-ca.crt' && keys.every((key) => key in data))
    .map((candidate) => ({ candidate, away: distance(candidate.metadata.name, missing.name, 12) }))
    .filter(({ candidate, away }) => away <= 3 || keys.length > 0 || sharesWords(candidate.metadata.name, missing.name))
    .toSorted((a, b) => a.away - b.away)
  return best && { name: best.candidate.metadata.name, data: best.candidate.data ?? {} }
}

function isAlike(a: string, b: string): boolean {
  return distance(a, b, 3) <= Math.max(1, Math.floor(Math.min(a.length, b.length) / 4))
}

function sharesWords(a: string, b: string): boolean {
  return a.split('-')[0] === b.split('-')[0]
}

function keysReadFrom({ env = [] }: Container, { kind, name }: Missing): string[] {
  return env.flatMap(({ valueFrom }) => {
    const ref = kind === 'Secret' ? valueFrom?.secretKeyRef : valueFrom?.configMapKeyRef
    return ref?.name === name ? [ref.key] : []
  })
}

const refOfEnv = (kind: Missing['kind']) => (kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef')
const refOfSource = (kind: Missing['kind']) => (kind === 'Secret' ? 'secretRef' : 'configMapRef')

/** The container's fields that name the missing thing, naming the other one. */
function containerFields({ env = [], envFrom = [] }: Container, missing: Missing, instead: Instead): object {
  const key = refOfEnv(missing.kind)
  const changed = env.flatMap(({ name, valueFrom }) => {
    const ref = valueFrom?.[key]
    const isMeant = ref?.name === missing.name && (missing.key === undefined || ref.key === missing.key)
    return isMeant ? [{ name, valueFrom: { [key]: { name: instead.name, key: instead.key ?? ref.key } } }] : []
  })
  const source = refOfSource(missing.kind)
  const isSource = missing.key === undefined && envFrom.some((from) => from[source]?.name === missing.name)
  // A list without a key is replaced as a whole.
  const sources = envFrom.map((from) =>
    from[source]?.name === missing.name ? { ...from, [source]: { ...from[source], name: instead.name } } : from,
  )
  return { ...(changed.length > 0 && { env: changed }), ...(isSource && { envFrom: sources }) }
}

function volumeFields({ volumes = [] }: PodSpec, missing: Missing, instead: Instead): object {
  const changed = volumes.flatMap(({ name, configMap, secret }): object[] => {
    if (missing.kind === 'ConfigMap' && configMap?.name === missing.name)
      return [{ name, configMap: { name: instead.name } }]
    if (missing.kind === 'Secret' && secret?.secretName === missing.name)
      return [{ name, secret: { secretName: instead.name } }]
    return []
  })
  return changed.length === 0 ? {} : { volumes: changed }
}

function asksFor(spec: PodSpec, missing: Missing): boolean {
  const inContainers = containersOf(spec).some(({ env = [], envFrom = [] }) => {
    const key = refOfEnv(missing.kind)
    return (
      env.some(({ valueFrom }) => {
        const ref = valueFrom?.[key]
        return ref?.name === missing.name && (missing.key === undefined || ref.key === missing.key)
      }) ||
      (missing.key === undefined && envFrom.some((from) => from[refOfSource(missing.kind)]?.name === missing.name))
    )
  })
  const inVolumes = spec.volumes?.some(({ configMap, secret }) =>
    missing.kind === 'Secret' ? secret?.secretName === missing.name : configMap?.name === missing.name,
  )
  return inContainers || inVolumes === true
}

/** The field that asks for it. */
function referenceTo(
  missing: Missing,
  podContainer: PodContainer,
): { field(path: string): string; value: string } | undefined {
  const { container } = declaredIn(podContainer)
  const key = refOfEnv(missing.kind)
  const variable = container.env?.find(({ valueFrom }) => {
    const ref = valueFrom?.[key]
    return ref?.name === missing.name && (missing.key === undefined || ref.key === missing.key)
  })
  if (variable !== undefined) {
    const at = missing.key === undefined ? 'name' : 'key'
    return {
      field: (path) => `${path}.env[${variable.name}].valueFrom.${key}.${at}`,
      value: missing.key ?? missing.name,
    }
  }
  const source = refOfSource(missing.kind)
  const index = container.envFrom?.findIndex((from) => from[source]?.name === missing.name) ?? -1
  if (index >= 0) return { field: (path) => `${path}.envFrom[${index}].${source}.name`, value: missing.name }
  const spec = podContainer.owner?.spec.template.spec ?? podContainer.pod.spec
  const volume = spec.volumes?.find(({ configMap, secret }) =>
    missing.kind === 'Secret' ? secret?.secretName === missing.name : configMap?.name === missing.name,
  )
  if (volume === undefined) return undefined
  const end = missing.kind === 'Secret' ? 'secret.secretName' : 'configMap.name'
  return {
    field: (path) =>
      `${path.slice(0, path.indexOf('spec.') + 5)}${path.includes('template') ? 'template.spec.' : ''}volumes[${volume.name}].${end}`,
    value: missing.name,
  }
}
