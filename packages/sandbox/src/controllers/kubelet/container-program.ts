import { quantityOf } from '../../api/values/quantity.ts'
import type { Program } from '../../images/program.ts'
import type { Client } from '../runtime/client.ts'
import { controllerOf } from '../runtime/client.ts'
import type { Container, Pod } from '../runtime/shapes.ts'
import { addressOf, connect } from './network.ts'
import { delayOf, simulatedLines, simulatedMode } from './simulated-mode.ts'

/** How a run of a container goes: what it says, and how and when it ends by itself. */
export type Run = {
  says: readonly string[]
  ends?: { afterMs: number; code: number; reason: 'Completed' | 'Error' | 'OOMKilled' }
}

const SOON_MS = 300
const OOM_AFTER_MS = 1_500

/** What happens when a container starts with an environment. */
export function runOf(
  { cluster: { registry } }: Client,
  pod: Pod,
  container: Container,
  environment: Readonly<Record<string, string>>,
): Run {
  const simulated = simulatedRun(pod, container)
  if (simulated) return simulated
  const program = registry.programOf(container)
  const missing = program?.needsEnv?.find((name) => !environment[name])
  if (missing !== undefined) {
    return {
      says: [`fatal: environment variable ${missing} is not set`],
      ends: { afterMs: SOON_MS, code: 1, reason: 'Error' },
    }
  }
  if (isTooSmall(program, container)) {
    return { says: program?.says ?? [], ends: { afterMs: OOM_AFTER_MS, code: 137, reason: 'OOMKilled' } }
  }
  const says = simulatedLines(pod, container) ?? [...(program?.says ?? []), ...startLines(program, container)]
  if (program?.ends) {
    const { afterSeconds, code } = program.ends
    return { says, ends: { afterMs: afterSeconds * 1_000, code, reason: code === 0 ? 'Completed' : 'Error' } }
  }
  const commanded = program ? undefined : commandedEnd(container)
  if (commanded) return { says, ends: commanded }
  // A Job of a program that nothing is said of does what Jobs do.
  const isOfJob = controllerOf(pod)?.kind === 'Job' && pod.spec.restartPolicy !== 'Always'
  if (isOfJob && program === undefined) return { says, ends: { afterMs: SOON_MS, code: 0, reason: 'Completed' } }
  return { says }
}

/** A server says where it listens; one that nothing is said of, too. */
function startLines(program: Program | undefined, { ports = [] }: Container): string[] {
  if (program) return program.listens ? [`listening on :${program.listens}`] : []
  return [`listening on :${ports[0]?.containerPort ?? 8080}`]
}

function isTooSmall(program: Program | undefined, { resources }: Container): boolean {
  const needed = program?.memory === undefined ? undefined : quantityOf(program.memory)
  const limit = quantityOf(resources?.limits?.memory ?? '')
  return needed !== undefined && limit !== undefined && needed > limit
}

/** The end of a command that follows from its words: `false`, `exit 3`, `sleep 5`. */
function commandedEnd({ command = [], args = [] }: Container): Run['ends'] {
  const words = [...command, ...args].join(' ').trim()
  const exit = /(?:^|[\s;&|])exit (\d+)\s*$/.exec(words)
  const sleep = /(?:^|[\s;&|])sleep (\d+)\b/.exec(words)
  const code = exit ? Number(exit[1]) : /^(?:\S*\/)?false$/.test(words) ? 1 : 0
  const isKnown = exit || sleep || /^(?:\S*\/)?(?:false|true|echo .*)$/.test(words)
  if (!isKnown) return undefined
  const afterMs = SOON_MS + Number(sleep?.[1] ?? 0) * 1_000
  return { afterMs, code, reason: code === 0 ? 'Completed' : 'Error' }
}

function simulatedRun(pod: Pod, container: Container): Run | undefined {
  const after = (name: string) => delayOf(pod, name) ?? SOON_MS
  const says = simulatedLines(pod, container)
  switch (simulatedMode(pod, container)) {
    case 'crashloop':
      return {
        says: says ?? ['fatal: simulated crash'],
        ends: { afterMs: after('crash-after'), code: 1, reason: 'Error' },
      }
    case 'oomkilled':
      return { says: [], ends: { afterMs: after('crash-after'), code: 137, reason: 'OOMKilled' } }
    case 'error':
      return {
        says: says ?? ['error: simulated failure'],
        ends: { afterMs: after('complete-after'), code: 1, reason: 'Error' },
      }
    case 'complete':
      return { says: [], ends: { afterMs: after('complete-after'), code: 0, reason: 'Completed' } }
    case 'hang':
      return { says: [] }
    default:
      return undefined
  }
}

/** The log lines of connections that a container cannot make; none when all is well. */
export function refusedCalls(
  client: Client,
  pod: Pod,
  container: Container,
  environment: Readonly<Record<string, string>>,
): string[] {
  return (client.cluster.registry.programOf(container)?.calls ?? []).flatMap((name) => {
    const address = addressOf(environment[name] ?? '')
    if (address === undefined) return [`error: ${name} is no address: ${JSON.stringify(environment[name] ?? '')}`]
    const result = connect(client, address, pod.metadata.namespace)
    if (result === 'open') return []
    const where = `${address.host}:${address.port}`
    return [
      result === 'refused'
        ? `error: connect ECONNREFUSED ${where} (${name})`
        : `error: getaddrinfo ENOTFOUND ${address.host} (${name})`,
    ]
  })
}
