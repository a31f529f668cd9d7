import type { ContainerState, ContainerStatus } from '../../../kube/workloads/pod.ts'
import { ageOf } from '../../../output/age.ts'
import { fields, type Lines, section } from '../../../output/report.ts'

/** A container as a description shows it. */
export type ShownContainer = {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  ports?: { containerPort: number; protocol?: string; name?: string }[]
  env?: { name: string; value?: string; valueFrom?: Record<string, Record<string, unknown>> }[]
  envFrom?: Record<string, { name?: string }>[]
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[]
  livenessProbe?: object
  readinessProbe?: object
  startupProbe?: object
}

/** Containers of a pod or of a template, with what they do now where a status is known. */
export function containerSection(
  title: string,
  containers: readonly ShownContainer[] | undefined,
  now: Date,
  statuses: readonly ContainerStatus[] = [],
): Lines {
  return section(
    title,
    (containers ?? []).flatMap((container) =>
      section(container.name, [
        ...setup(container),
        ...present(
          statuses.find(({ name }) => name === container.name),
          now,
        ),
        ...environment(container),
        ...section('Mounts', (container.volumeMounts ?? []).map(mountText)),
      ]),
    ),
  )
}

function setup({ image, command, args, ports, resources, ...container }: ShownContainer): Lines {
  return fields([
    ['Image', image],
    [
      'Ports',
      ports?.map(
        ({ containerPort, protocol = 'TCP', name }) => `${name ? `${name} ` : ''}${containerPort}/${protocol}`,
      ),
    ],
    ['Command', command?.join(' ')],
    ['Args', args?.join(' ')],
    ['Requests', resources?.requests],
    ['Limits', resources?.limits],
    ['Liveness', probeText(container.livenessProbe)],
    ['Readiness', probeText(container.readinessProbe)],
    ['Startup', probeText(container.startupProbe)],
  ])
}

function present(status: ContainerStatus | undefined, now: Date): Lines {
  if (status === undefined) return []
  return fields([
    ['State', stateText(status.state, now)],
    ['Last state', stateText(status.lastState, now)],
    ['Ready', status.ready],
    ['Restarts', status.restartCount],
  ])
}

function environment({ env = [], envFrom = [] }: ShownContainer): Lines {
  const from = envFrom.flatMap((source) => Object.entries(source).map(([kind, { name }]) => `from ${kind} ${name}`))
  const own = env.map(({ name, value, valueFrom }) => {
    if (valueFrom === undefined) return `${name}=${value ?? ''}`
    const [kind = '', source = {}] = Object.entries(valueFrom)[0] ?? []
    return `${name}: ${kind} ${[source.name, source.key ?? source.fieldPath ?? source.resource].filter(Boolean).join('/')}`
  })
  return section('Environment', [...from, ...own])
}

function mountText({ name, mountPath, readOnly }: { name: string; mountPath: string; readOnly?: boolean }): string {
  return `${mountPath} from ${name}${readOnly ? ' (read only)' : ''}`
}

type Probe = {
  httpGet?: { path?: string; port?: unknown }
  exec?: { command?: string[] }
  tcpSocket?: { port?: unknown }
  grpc?: { port?: unknown }
  periodSeconds?: number
  failureThreshold?: number
}

function probeText(probe: Probe | undefined): string | undefined {
  if (probe === undefined) return undefined
  const { httpGet, exec, tcpSocket, grpc, periodSeconds = 10, failureThreshold = 3 } = probe
  const what = httpGet
    ? `http ${httpGet.path ?? '/'} on ${httpGet.port}`
    : exec
      ? `exec ${exec.command?.join(' ')}`
      : tcpSocket
        ? `tcp ${tcpSocket.port}`
        : `grpc ${grpc?.port}`
  return `${what} every ${periodSeconds}s, fails after ${failureThreshold}`
}

function stateText(state: ContainerState | undefined, now: Date): string | undefined {
  const { waiting, running, terminated } = state ?? {}
  if (waiting) return `waiting: ${[waiting.reason, waiting.message].filter(Boolean).join(', ')}`
  if (running) return `running since ${ageOf(running.startedAt, now)}`
  if (!terminated) return undefined
  const { reason, exitCode, signal, message, finishedAt } = terminated
  const how = [reason, `exit code ${exitCode}`, signal ? `signal ${signal}` : '', message].filter(Boolean).join(', ')
  return `terminated: ${how}, ${ageOf(finishedAt, now)} ago`
}
