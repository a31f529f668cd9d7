import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../effect/kube-object.ts'
import { awaitObject } from '../../kube/await-object.ts'
import type { Target } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import type { ContainerStatus, Pod } from '../../kube/workloads/pod.ts'
import { cutToNewestLines } from '../../output/truncate.ts'
import { AnswerLost } from '../../target/answer-lost.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { followLog } from './logs/follow-log.ts'
import type { LogSource } from './logs/log-source.ts'
import { readLog, type Selection } from './logs/read-log.ts'

/** How a pod that is run once has come to its end, or how far it has come. */
export type PodEnd = {
  /** As last seen. */
  pod: KubeObject & Pod
  phase: string
  exitCode?: number
  /** Why it cannot start: `ImagePullBackOff (…)`. */
  stuck?: string
  /** Its newest lines. */
  log: readonly string[]
  /** The log holds older lines than those. */
  more: boolean
}

/** For who waits for a container, these have no end of their own. */
const hopeless = new Set([
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
])

const wholeLog: Selection = { lines: 10_000, grep: null, exclude: null, group: false, timestamps: false }
/** The last lines of a log come a moment after the pod's own end. */
const LAST_LINES_MS = 500

/** What of a pod is waited for. */
export type Watched = {
  container: string
  statusOf(pod: Pod): ContainerStatus | undefined
  hasEnded(pod: Pod): boolean
}

/** A pod that is there for one command. */
export const wholePod: Pick<Watched, 'statusOf' | 'hasEnded'> = {
  statusOf: ({ status }) => status?.containerStatuses?.[0],
  hasEnded: ({ status }) => status?.phase === 'Succeeded' || status?.phase === 'Failed',
}

/** One container that was added to a pod that goes on. */
export function ephemeralContainer(name: string): Watched {
  const statusOf: Watched['statusOf'] = ({ status }) =>
    status?.ephemeralContainerStatuses?.find((each) => each.name === name)
  return { container: name, statusOf, hasEnded: (pod) => statusOf(pod)?.state?.terminated !== undefined }
}

/**
 * Waits for the end of what was made, at most so long: whatever keeps us from seeing it leaves that unknown.
 *
 * @param made what stands in the record of it: `the pod was made`
 */
export async function endOf(
  target: Target,
  from: KubeObject,
  { context, watched, seconds, made }: { context: KubeContext; watched: Watched; seconds: number; made: string },
): Promise<PodEnd> {
  const until = AbortSignal.any([context.signal, AbortSignal.timeout(seconds * 1_000)])
  try {
    const end = await runToEnd(target, from, { context, until, watched })
    if (end !== undefined) return end
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    throw new AnswerLost(`${made}, and its end was not seen: ${error.message}`, { cause: error })
  }
  throw new AnswerLost(`${made}, and somebody has deleted the pod before its end was seen.`)
}

/** Throws ToolError for what could not start, or has ended badly. */
export function requireWell({ stuck, exitCode = 0 }: PodEnd): void {
  if (stuck !== undefined) throw new ToolError('Unavailable', `the container cannot start: ${stuck}.`)
  if (exitCode !== 0) throw new ToolError('Upstream', `the command ended with exit code ${exitCode}.`)
}

/** Its newest lines, and how it has ended behind them, in at most so many characters. */
export function logAndNote({ log, more }: PodEnd, note: string, most: number): { output: string; truncated: boolean } {
  const cut = cutToNewestLines(log, {
    most: most - note.length - 1,
    narrow: 'a command that prints less',
    ...(more && { total: { moreThan: log.length } }),
  })
  return { output: cut.output === '' ? note : `${cut.output}\n${note}`, truncated: cut.truncated }
}

/** Waits until it ends, cannot start, or `until` comes; its log is live output meanwhile. Undefined when it is gone. */
async function runToEnd(
  target: Target,
  from: KubeObject,
  { context, until, watched }: { context: KubeContext; until: AbortSignal; watched: Watched },
): Promise<PodEnd | undefined> {
  const { kube } = context
  const { hasEnded } = watched
  const following = new AbortController()
  const shown = showLog(target, from, { context, watched, until: AbortSignal.any([until, following.signal]) })
  try {
    const isOver = (live: Pod | undefined): boolean =>
      live === undefined || hasEnded(live) || stuckOf(live, watched) !== undefined
    const pod: (KubeObject & Pod) | undefined = await awaitObject(kube, target, { from, until: isOver, signal: until })
    if (pod === undefined || pod.metadata.uid !== from.metadata.uid) return undefined
    if (hasEnded(pod)) await Promise.race([shown, sleep(LAST_LINES_MS, undefined, { ref: false })])
    const stuck = stuckOf(pod, watched)
    const { lines, more } = hasStarted(pod, watched)
      ? await readLog(sourceOf(pod, watched), { selection: wholeLog, context })
      : { lines: [], more: false }
    const exitCode = watched.statusOf(pod)?.state?.terminated?.exitCode
    return {
      pod,
      phase: pod.status?.phase ?? 'Unknown',
      ...(exitCode !== undefined && { exitCode }),
      ...(stuck !== undefined && { stuck }),
      log: lines,
      more,
    }
  } finally {
    following.abort()
    await shown
  }
}

function hasStarted(pod: Pod, { statusOf }: Watched): boolean {
  const { state } = statusOf(pod) ?? {}
  return state?.running !== undefined || state?.terminated !== undefined
}

function stuckOf(pod: Pod, { statusOf }: Watched): string | undefined {
  const { reason, message } = statusOf(pod)?.state?.waiting ?? {}
  if (reason === undefined || !hopeless.has(reason)) return undefined
  return message === undefined ? reason : `${reason} (${message})`
}

function sourceOf(pod: Pod, { container }: Watched): LogSource {
  return { pod, container, previous: false }
}

/** Live output is a help: without it the result has the log all the same. */
async function showLog(
  target: Target,
  from: KubeObject,
  { context, until, watched }: { context: KubeContext; until: AbortSignal; watched: Watched },
): Promise<void> {
  try {
    const isReady = (live: Pod | undefined): boolean =>
      live === undefined || hasStarted(live, watched) || watched.hasEnded(live)
    const pod: Pod | undefined = await awaitObject(context.kube, target, { from, until: isReady, signal: until })
    if (pod === undefined || !hasStarted(pod, watched)) return
    await followLog(sourceOf(pod, watched), { selection: { ...wholeLog, lines: 1_000 }, context, until, label: '' })
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
  }
}
