import { InvalidInput } from '../../../input/invalid-input.ts'
import { type ContainerStatus, containersOf, type Pod, statusOf } from '../../../kube/workloads/pod.ts'
import { ToolError } from '../../../tool/tool-error.ts'

/** One log to read: a container of a pod, its present instance or the one before. */
export type LogSource = { pod: Pod; container: string; previous: boolean }

const annotation = 'kubectl.kubernetes.io/default-container'

type Chosen = { containers: string[] /** Nobody named the container, and there were several. */; defaulted: boolean }

/** The given container, else the annotated one, else the only one. */
export function chooseContainers(pod: Pod, { container, all }: { container: string | null; all: boolean }): Chosen {
  const known = containersOf(pod).map(({ name }) => name)
  if (all) return { containers: known, defaulted: false }
  if (container !== null) {
    if (!known.includes(container))
      throw new InvalidInput(
        `container_name "${container}" is not a container of pod "${pod.metadata.name}". ${listOf(pod)}`,
      )
    return { containers: [container], defaulted: false }
  }
  const annotated = pod.metadata.annotations?.[annotation]
  if (annotated !== undefined && known.includes(annotated))
    return { containers: [annotated], defaulted: known.length > 1 }
  const only = onlyContainer(pod)
  if (only === undefined)
    throw new InvalidInput(
      `container_name is needed: pod "${pod.metadata.name}" has several containers. ${listOf(pod)}`,
    )
  return { containers: [only], defaulted: known.length > 1 }
}

/** The container that the API server takes when none is named, too: init and ephemeral ones do not count. */
export function onlyContainer({ spec }: Pod): string | undefined {
  const [only, ...others] = spec?.containers ?? []
  return others.length === 0 ? only?.name : undefined
}

function listOf({ spec }: Pod): string {
  const groups: [string, { name: string }[] | undefined][] = [
    ['Containers', spec?.containers],
    ['init containers', spec?.initContainers],
    ['ephemeral containers', spec?.ephemeralContainers],
  ]
  const named = groups.flatMap(([title, list = []]) =>
    list.length === 0 ? [] : [`${title}: ${list.map(({ name }) => name).join(', ')}`],
  )
  return `${named.join('; ')}.`
}

export function headingOf({ pod, container, previous }: LogSource): string {
  return `==> ${pod.metadata.name}/${container}${previous ? ' (previous)' : ''} <==`
}

/** Throws what a person must know when the log cannot be there yet, or is not there any more. */
export function requireLog({ pod, container, previous }: LogSource): void {
  const status = statusOf(pod, container)
  const named = `container "${container}" of pod "${pod.metadata.name}"`
  if (previous && !hasPrevious({ pod, container }))
    throw new ToolError('NotFound', `${named} has no previous instance that ended. Its present instance has a log.`)
  if (previous || !neverStarted(status)) return
  throw new ToolError('Unavailable', `${named} has not started: ${waitingReason(pod, status)}.`)
}

function neverStarted(status: ContainerStatus | undefined): boolean {
  const { state, lastState } = status ?? {}
  return !state?.running && !state?.terminated && !lastState?.terminated
}

function waitingReason(pod: Pod, status: ContainerStatus | undefined): string {
  const { reason = pod.status?.phase ?? 'unknown', message } = status?.state?.waiting ?? {}
  const blocking =
    reason === 'PodInitializing' ? pod.status?.initContainerStatuses?.find((each) => !each.ready) : undefined
  if (blocking) return `${reason}, init container "${blocking.name}": ${blocking.state?.waiting?.reason ?? 'not done'}`
  const scheduled = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')
  const detail = message ?? scheduled?.message
  return detail ? `${reason} (${detail})` : reason
}

/** Whether there is an instance before the present one: a container that never ended has one alone. */
export function hasPrevious({ pod, container }: Pick<LogSource, 'pod' | 'container'>): boolean {
  return statusOf(pod, container)?.lastState?.terminated !== undefined
}
