import { containersOf, refOf, type Workload } from '../cluster/objects.ts'
import { repositoryOf } from '../cluster/repository-of.ts'
import { isTogether, replicasOf, type State } from '../cluster/state.ts'
import { type Finding, nameOf, type Remedy } from '../evidence/finding.ts'
import type { Investigation } from '../evidence/investigation.ts'
import { patchContainer } from '../evidence/patches.ts'
import { declaredIn, fieldProof, statusPath, workloadOf } from '../evidence/pod-container.ts'
import { wayBack } from '../evidence/revisions.ts'
import type { Symptom } from '../evidence/symptoms.ts'
import type { Plan } from '../plan/plan.ts'

/** An image that cannot be pulled: the revision before had one that could, or others run another tag of the same one. */
export function* imageCause(symptom: Symptom<'image'>, { state }: Investigation): Plan<Finding> {
  const { pod, container, status } = symptom
  const { of, path, container: declared } = declaredIn(symptom)
  const image = declared.image ?? container.image ?? ''
  const { reason = '', message } = status.state?.waiting ?? {}
  const workload = workloadOf(symptom)
  const finding: Finding = {
    subject: of,
    says: `${nameOf(of)} cannot start: the image \`${image}\` of its container \`${container.name}\` cannot be pulled.`,
    proofs: [
      fieldProof(refOf(pod), `${statusPath(symptom)}.state.waiting.reason`, reason),
      fieldProof(of, `${path}.image`, image),
      ...(message ? [fieldProof(refOf(pod), `${statusPath(symptom)}.state.waiting.message`, message)] : []),
    ],
    confidence: 95,
  }
  const back =
    workload &&
    (yield* wayBack(workload, (spec) =>
      containersOf(spec).some(({ name, image: before }) => name === container.name && before !== image),
    ))
  if (back !== undefined) return { ...finding, remedy: back.remedy }
  const other = otherTag(image, symptom, state)
  if (other === undefined || workload === undefined) {
    return {
      ...finding,
      missing: `the right tag: nothing here runs another one of \`${repositoryOf(image)}\`. Tell me, with the tag in place of TAG: "set the image of ${of.name} in ${of.namespace} to TAG"`,
    }
  }
  return { ...finding, remedy: useImage(of, container.name, { image: other, workload }) }
}

function useImage(
  of: Finding['subject'],
  name: string,
  { image, workload }: { image: string; workload: Parameters<typeof patchContainer>[0] },
): Remedy {
  const { kind, namespace } = of
  return {
    says: `set the image of ${nameOf(of)} to \`${image}\`, which runs beside it`,
    calls: [
      {
        tool: 'k8s_set_image',
        args: {
          resource_name: of.name,
          resource_type: kind.toLowerCase(),
          container_images: `${name}=${image}`,
          namespace,
        },
      },
      patchContainer(workload, { name }, { image }),
    ],
  }
}

/** Another tag of the same image that a pod of the namespace is ready with, or all that a workload wants. */
function otherTag(image: string, { pod }: Symptom<'image'>, { pods, workloads }: State): string | undefined {
  const inPods = pods
    .filter((other) => isTogether(other, pod))
    .flatMap((other) =>
      other.spec.containers.filter(({ name }) =>
        other.status?.containerStatuses?.some((status) => status.name === name && status.ready),
      ),
    )
  // Of many pods those in trouble are read alone: what is ready, its owner tells.
  const inWorkloads = workloads
    .filter((workload) => isTogether(workload, pod) && isWholly(workload))
    .flatMap(({ spec }) => containersOf(spec.template.spec))
  return [...inPods, ...inWorkloads]
    .map((container) => container.image ?? '')
    .find((other) => other !== image && repositoryOf(other) === repositoryOf(image))
}

function isWholly(workload: Workload): boolean {
  const { wanted, ready } = replicasOf(workload)
  return wanted > 0 && ready >= wanted && (workload.status?.updatedReplicas ?? wanted) >= wanted
}
