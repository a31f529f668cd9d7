import { type ConfigMap, refOf } from '../cluster/objects.ts'
import { objectsIn } from '../cluster/read-objects.ts'
import { type Finding, nameOf, type Proof } from '../evidence/finding.ts'
import { jobAgain, patchContainer } from '../evidence/patches.ts'
import { declaredIn, fieldProof, type PodContainer, workloadOf } from '../evidence/pod-container.ts'
import { wayBack } from '../evidence/revisions.ts'
import type { Plan } from '../plan/plan.ts'
import { missingConfig } from './config-cause.ts'

export type MissingVariable = { name: string; line: string }

const saysMissing =
  /missing|required|requires|not set|unset|must be set|must be defined|undefined|not defined|not provided|not found|no value|KeyError|cannot find|empty|needs/i

/** The environment variable that a log says is missing. */
export function missingVariable(lines: readonly string[]): MissingVariable | undefined {
  for (const line of lines.toReversed()) {
    const name = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/.exec(line)?.[0]
    if (name !== undefined && saysMissing.test(line)) return { name, line }
  }
  return undefined
}

/** A program that ends since a variable of its environment is missing: who else has it tells where it comes from. */
export function* variableCause(
  podContainer: PodContainer,
  variable: MissingVariable,
  shown: readonly Proof[],
): Plan<Finding> {
  const { pod } = podContainer
  const { of, path, container } = declaredIn(podContainer)
  const own = container.env?.find(({ name }) => name === variable.name)
  const proofs: Proof[] = [
    ...shown,
    { of: refOf(pod), source: 'log', quote: variable.line },
    own === undefined
      ? fieldProof(of, `${path}.env`, `no ${variable.name} among ${list(container.env?.map(({ name }) => name))}`)
      : fieldProof(of, `${path}.env[${variable.name}]`, own.value ?? JSON.stringify(own.valueFrom ?? '')),
  ]
  const from = own?.valueFrom
  const ref = from?.configMapKeyRef ?? from?.secretKeyRef
  if (ref !== undefined) {
    const kind = from?.secretKeyRef === undefined ? 'ConfigMap' : 'Secret'
    return yield* missingConfig(podContainer, { kind, name: ref.name ?? '', key: ref.key }, proofs)
  }
  const finding: Finding = {
    subject: of,
    says: `The container \`${container.name}\` of ${nameOf(of)} ends at its start: \`${variable.name}\` is missing in its environment.`,
    proofs,
    confidence: 95,
  }
  const workload = workloadOf(podContainer)
  const back =
    workload &&
    (yield* wayBack(workload, (spec) =>
      spec.containers.some(
        ({ name, env = [] }) => name === container.name && env.some((one) => one.name === variable.name),
      ),
    ))
  if (back !== undefined) return { ...finding, remedy: back.remedy }
  const source = yield* sourceOf(variable.name, pod.metadata.namespace)
  if (source === undefined) {
    return {
      ...finding,
      missing: `the value of \`${variable.name}\`: no ConfigMap or Secret here has that key. ${askFor(variable, podContainer)}`,
    }
  }
  const key = source.kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef'
  const entry = { name: variable.name, valueFrom: { [key]: { name: source.metadata.name, key: variable.name } } }
  const held = fieldProof(refOf(source), 'data', Object.keys(source.data ?? {}))
  const found = { ...finding, proofs: [...proofs, held] }
  const what = `\`${variable.name}\` from ${nameOf(refOf(source))}`
  if (podContainer.owner?.kind === 'Job') {
    const changed = { ...container, env: [...(container.env ?? []), entry] }
    const again = jobAgain(podContainer.owner, { container: changed })
    return { ...found, remedy: { says: `run it again as Job \`${again.name}\`, with ${what}`, calls: [again.call] } }
  }
  if (workload === undefined) return { ...found, missing: 'an owner whose template could be changed' }
  const calls: [ReturnType<typeof patchContainer>] = [patchContainer(workload, container, { env: [entry] })]
  return { ...found, remedy: { says: `give ${nameOf(of)} ${what}`, calls } }
}

/** What holds a key of that name: a ConfigMap first, whose values anybody may read. */
function* sourceOf(key: string, namespace: string | undefined): Plan<ConfigMap | undefined> {
  const replies = yield {
    calls: ['configmaps', 'secrets'].map((resource_type) => ({
      tool: 'k8s_get',
      args: { resource_type, namespace, output: 'json' },
    })),
  }
  const objects = replies.flatMap((reply) => (reply.kind === 'answered' ? objectsIn(reply.text).objects : []))
  return (objects as ConfigMap[]).find(({ data = {} }) => key in data)
}

/** A Job cannot be changed, so a value alone would not help it. */
function askFor({ name }: MissingVariable, { owner }: PodContainer): string {
  if (owner === undefined || owner.kind === 'Job') return 'It has to be put there first'
  const { name: of, namespace } = owner.metadata
  return `Tell me, with the value in place of VALUE: "set ${name} of ${of} in ${namespace} to VALUE"`
}

function list(names: readonly string[] | undefined): string {
  return names === undefined || names.length === 0 ? 'none' : names.join(', ')
}
