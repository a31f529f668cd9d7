import { type EnvVar, type Ref, refOf, type Service, type Workload } from '../cluster/objects.ts'
import { endpointsOf, isTogether, podsOf, replicasOf, workloadsBehind } from '../cluster/state.ts'
import { type Finding, nameOf, type Proof } from '../evidence/finding.ts'
import type { Investigation } from '../evidence/investigation.ts'
import { patch, patchContainer } from '../evidence/patches.ts'
import { declaredIn, fieldProof, type PodContainer, workloadOf } from '../evidence/pod-container.ts'
import { wayBack } from '../evidence/revisions.ts'
import { subjectOf, symptomsOf } from '../evidence/symptoms.ts'
import { distance } from '../lexicon/distance.ts'
import type { Call, Plan } from '../plan/plan.ts'

/** A connection that a log says was not made. */
export type Refused = { host: string; port: number | undefined; line: string }

const saysRefused =
  /ECONNREFUSED|connection refused|ENOTFOUND|no such host|EAI_AGAIN|could not connect|cannot connect|unable to connect|connect(?:ion)? (?:to .* )?(?:failed|timed out)|ETIMEDOUT|ECONNRESET|Connection reset|upstream (?:connect|unavailable)|unreachable/i
const address = /(?:[a-z][\w+.-]*:\/\/(?:[^\s/@]*@)?)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?):(\d{2,5})\b/gi
const bareHost = /(?:ENOTFOUND|EAI_AGAIN|lookup|host)\s+"?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)"?/i

/** The newest connection that a log says was refused, with the address it was for. */
export function refusedIn(lines: readonly string[]): Refused | undefined {
  for (const line of lines.toReversed()) {
    if (!saysRefused.test(line)) continue
    const [, host, port] = [...line.matchAll(address)].find(([, name]) => /[a-z]/i.test(name ?? '')) ?? []
    const name = host ?? bareHost.exec(line)?.[1]
    if (name !== undefined) return { host: name, port: port === undefined ? undefined : Number(port), line }
  }
  return undefined
}

type Context = { shown: readonly Proof[]; investigation: Investigation }

/** A program that cannot reach another: along the address to the Service, and along that to what is at fault. */
export function* refusedCause(
  podContainer: PodContainer,
  refused: Refused,
  { shown, investigation }: Context,
): Plan<Finding> {
  const { pod } = podContainer
  const { of, path, container } = declaredIn(podContainer)
  const [name = '', space = pod.metadata.namespace] = refused.host.split('.')
  const variable = container.env?.find(({ value }) => value?.includes(refused.host))
  const proofs: Proof[] = [
    ...shown,
    { of: refOf(pod), source: 'log', quote: refused.line },
    ...(variable === undefined ? [] : [fieldProof(of, `${path}.env[${variable.name}].value`, variable.value ?? '')]),
  ]
  const finding: Finding = {
    subject: of,
    says: `${nameOf(of)} cannot reach \`${refused.host}${refused.port === undefined ? '' : `:${refused.port}`}\`.`,
    proofs,
    confidence: 75,
  }
  const services = investigation.state.services.filter(({ metadata }) => metadata.namespace === space)
  const service = services.find(({ metadata }) => metadata.name === name)
  if (service === undefined) {
    const near = services.find(({ metadata }) => distance(metadata.name, name, 2) <= 2)
    if (near === undefined)
      return { ...finding, missing: `where \`${refused.host}\` is: there is no such Service in \`${space}\`` }
    const found = {
      ...finding,
      says: `${finding.says.slice(0, -1)}: there is no such Service, but ${nameOf(refOf(near))}.`,
    }
    return yield* readdress(podContainer, variable, {
      found,
      from: refused.host,
      to: refused.host.replace(name, near.metadata.name),
    })
  }
  const ports = service.spec.ports ?? []
  if (refused.port !== undefined && !ports.some(({ port }) => port === refused.port)) {
    const [only] = ports
    const found: Finding = {
      ...finding,
      says: `${finding.says.slice(0, -1)}: ${nameOf(refOf(service))} has no port ${refused.port}.`,
      proofs: [
        ...proofs,
        fieldProof(
          refOf(service),
          'spec.ports',
          ports.map(({ port }) => port),
        ),
      ],
      confidence: 95,
    }
    if (ports.length !== 1 || only === undefined) return { ...found, missing: 'which of its ports is meant' }
    const [from, to] = [refused.port, only.port].map((port) => `${refused.host}:${port}`)
    return yield* readdress(podContainer, variable, { found, from: from ?? '', to: to ?? '' })
  }
  return yield* behindService(service, { finding, investigation, podContainer })
}

/** The address that stands in a variable, put right. */
function* readdress(
  podContainer: PodContainer,
  variable: EnvVar | undefined,
  { found, from, to }: { found: Finding; from: string; to: string },
): Plan<Finding> {
  const { container } = declaredIn(podContainer)
  const workload = workloadOf(podContainer)
  if (workload === undefined || variable?.value === undefined) {
    return { ...found, missing: `where the address \`${from}\` comes from: no variable of the container holds it` }
  }
  const { name, value } = variable
  const back = yield* wayBack(workload, ({ containers }) =>
    containers.some((one) => one.env?.some((before) => before.name === name && before.value !== value)),
  )
  if (back !== undefined) return { ...found, confidence: 95, remedy: back.remedy }
  const right = value.replace(from, to)
  const calls: [Call] = [patchContainer(workload, container, { env: [{ name, value: right }] })]
  return {
    ...found,
    confidence: 95,
    remedy: { says: `set \`${name}\` of ${nameOf(found.subject)} to \`${right}\``, calls },
  }
}

/** The Service is the right one: it leads to nothing that is ready, and what is behind it says why. */
function* behindService(
  service: Service,
  {
    finding,
    investigation,
    podContainer,
  }: { finding: Finding; investigation: Investigation; podContainer: PodContainer },
): Plan<Finding> {
  const { state } = investigation
  const of = refOf(service)
  const { ready } = endpointsOf(service, state)
  const shown = [...finding.proofs, fieldProof(of, 'ready endpoints', ready)]
  const behind = workloadsBehind(service, state)
  const stopped = behind.find((workload) => replicasOf(workload).wanted === 0)
  if (ready === 0 && stopped !== undefined) {
    return stoppedBehind(stopped, { finding, of, shown })
  }
  const own = refOf(podContainer.owner ?? podContainer.pod)
  const suspects = [of, ...behind.map(refOf)].filter((ref) => ref.name !== own.name || ref.kind !== own.kind)
  const deeper = symptomsOf(state).find((symptom) => {
    const subject = subjectOf(symptom)
    return suspects.some(
      (ref) => ref.kind === subject.kind && ref.name === subject.name && ref.namespace === subject.namespace,
    )
  })
  const way = deeper && investigation.follow(deeper)
  if (way !== undefined) {
    const cause = yield* way
    return {
      ...cause,
      says: `${cause.says} Therefore ${finding.says}`,
      proofs: [...cause.proofs, ...finding.proofs],
      touches: [...(cause.touches ?? []), finding.subject, of],
    }
  }
  const pods = behind.flatMap((workload) => podsOf(workload, state)).filter((pod) => isTogether(pod, service))
  const known = `${pods.length} pods are behind it, ${ready} of its endpoints are ready`
  return { ...finding, proofs: shown, missing: `why ${nameOf(of)} does not answer: ${known}` }
}

/** The workload behind the Service has no replicas. */
function stoppedBehind(
  workload: Workload,
  { finding, of, shown }: { finding: Finding; of: Ref; shown: readonly Proof[] },
): Finding {
  const subject = refOf(workload)
  const replicas = earlierReplicas(workload)
  return {
    subject,
    says: `${finding.says.slice(0, -1)}: ${nameOf(subject)} behind it is scaled to 0.`,
    proofs: [...shown, fieldProof(subject, 'spec.replicas', 0)],
    confidence: 95,
    touches: [finding.subject, of],
    remedy: {
      says: `scale ${nameOf(subject)} to ${replicas}`,
      calls: [
        {
          tool: 'k8s_scale',
          args: {
            name: subject.name,
            resource_type: subject.kind.toLowerCase(),
            replicas,
            namespace: subject.namespace,
          },
        },
        patch(subject, { spec: { replicas } }, 'merge'),
      ],
    },
  }
}

/** How many there were before, when an annotation says so; else one. */
function earlierReplicas({ metadata }: { metadata: { annotations?: Record<string, string> } }): number {
  const noted = Object.entries(metadata.annotations ?? {}).find(([key]) => /replicas$/.test(key))?.[1]
  const count = Number(noted)
  return Number.isInteger(count) && count > 0 ? count : 1
}
