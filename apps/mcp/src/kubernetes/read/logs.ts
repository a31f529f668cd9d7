import { z } from 'zod'
import { duration, timestamp } from '../../input/duration.ts'
import { InvalidInput } from '../../input/invalid-input.ts'
import { byLabels, container, namespace } from '../../input/object-params.ts'
import { optional, required } from '../../input/parameter.ts'
import { pattern } from '../../input/pattern.ts'
import { bool, integer, text } from '../../input/reader.ts'
import type { Kube } from '../../kube/kube.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { groupLines } from '../../output/group-lines.ts'
import { cutToNewestLines } from '../../output/truncate.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { defineTool } from '../shared/define-tool.ts'
import { eachOfMany } from '../shared/each-of-many.ts'
import { followLog } from '../shared/logs/follow-log.ts'
import { chooseContainers, hasPrevious, headingOf, type LogSource, requireLog } from '../shared/logs/log-source.ts'
import { longestLine } from '../shared/logs/masked-lines.ts'
import { readAhead, readLog, type Selection } from '../shared/logs/read-log.ts'
import { choosePods, podChoice } from './logs/choose-pods.ts'
import { answerAhead, type LogAhead, rememberedPod } from './logs/log-ahead.ts'

const mostFollowed = 5

const input = z.object({
  pod_name: required('pod_name', text(podChoice), {
    description: 'POD, or TYPE/NAME of a workload; * with label_selector',
  }),
  namespace,
  num_lines: optional('num_lines', integer(1, 10_000), 50),
  container_name: container,
  since: optional('since', text(duration), null, { description: 'e.g. 90s, 1h30m' }),
  previous: optional('previous', bool, false),
  label_selector: byLabels,
  all_containers: optional('all_containers', bool, false),
  grep: optional('grep', text(pattern), null),
  exclude: optional('exclude', text(pattern), null),
  timestamps: optional('timestamps', bool, false),
  since_time: optional('since_time', text(timestamp), null),
  both_instances: optional('both_instances', bool, false),
  group: optional('group', bool, true),
  follow_seconds: optional('follow_seconds', integer(0, 270), 0),
})

type Args = z.output<typeof input>

export const k8sLogs = defineTool({
  name: 'k8s_logs',
  title: 'Get Kubernetes Pod Logs',
  description: 'Read the newest log lines of a pod or of the pods of a workload.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input,
  seconds: ({ follow_seconds }) => 30 + follow_seconds,
  async run(args, context): Promise<ToolResult> {
    requireSense(args)
    const used = args.namespace ?? context.defaultNamespace
    const ahead = aheadOf(args, used, context)
    const { pods, total, several } = await podsOf(args, used, { kube: context.kube, ahead })
    const chosen = pods.map((pod) => ({
      pod,
      ...chooseContainers(pod, { container: args.container_name, all: args.all_containers }),
    }))
    const sources = chosen.flatMap(({ pod, containers }) =>
      containers.flatMap((name) => instancesOf(args).map((previous) => ({ pod, container: name, previous }))),
    )
    const warnings = chosen.flatMap(({ pod, containers, defaulted }) =>
      defaulted ? [`Container "${containers[0]}" of pod "${pod.metadata.name}" was chosen, as none was named.`] : [],
    )
    if (total > pods.length) warnings.push(`These are the ${pods.length} newest of ${total} pods.`)
    const query = { sources, args, context, ahead, headed: several || sources.length > 1 }
    const { blocks, failures } = await (args.follow_seconds > 0 ? follow(query, warnings) : read(query))
    return { ...shown(blocks, failures, context), namespace: used, warnings }
  },
})

function requireSense(args: Args): void {
  if ('pod' in args.pod_name && args.label_selector !== null)
    throw new InvalidInput('label_selector needs pod_name "*" or TYPE/NAME; a single pod has a name already.')
  if (args.since !== null && args.since_time !== null)
    throw new InvalidInput('since and since_time exclude each other.')
  if (args.previous && args.both_instances) throw new InvalidInput('previous and both_instances exclude each other.')
  if (args.container_name !== null && args.all_containers)
    throw new InvalidInput('container_name and all_containers exclude each other.')
  if (args.follow_seconds > 0 && (args.previous || args.both_instances))
    throw new InvalidInput(
      'follow_seconds excludes previous and both_instances: an instance that ended says nothing more.',
    )
}

/** Whether the instance before is read, in the order of the answer. */
function instancesOf({ previous, both_instances }: Args): boolean[] {
  return both_instances ? [true, false] : [previous]
}

function selectionOf(args: Args): Selection {
  return {
    lines: args.num_lines,
    grep: args.grep,
    exclude: args.exclude,
    group: args.group,
    timestamps: args.timestamps,
    // The API counts whole seconds, from one on.
    sinceSeconds: args.since === null ? undefined : Math.ceil(args.since / 1000),
    sinceTime: args.since_time ?? undefined,
  }
}

/** The log of a pod is asked for at the same moment as the pod, which says whether it is the one that is meant. */
function aheadOf(args: Args, namespace: string, context: KubeContext): LogAhead | undefined {
  if (!('pod' in args.pod_name) || args.follow_seconds > 0) return undefined
  const { container_name, previous } = args
  const log = { pod: args.pod_name.pod, namespace, container: container_name ?? undefined, previous }
  return { log, text: readAhead(log, selectionOf(args), context) }
}

/** All containers or instances are those of the pod as it is: of one that is remembered the newest may be missing. */
async function podsOf(args: Args, namespace: string, { kube, ahead }: { kube: Kube; ahead: LogAhead | undefined }) {
  const one = ahead !== undefined && !args.all_containers && !args.both_instances
  const pod = one ? await rememberedPod(ahead, kube) : undefined
  if (pod !== undefined) return { pods: [pod], total: 1, several: false }
  return choosePods(args.pod_name, namespace, args.label_selector, kube)
}

type Query = {
  sources: LogSource[]
  args: Args
  context: KubeContext
  ahead: LogAhead | undefined
  headed: boolean
}
type Block = { heading?: string; lines: string[]; more: boolean }
type Blocks = { blocks: Block[]; failures: string[] }

async function read({ sources, args, context, ahead, headed }: Query): Promise<Blocks> {
  const selection = selectionOf(args)
  // With both_instances it is no failure that there is one alone.
  const there = args.both_instances ? sources.filter((source) => !source.previous || hasPrevious(source)) : sources
  const { found, failures } = await eachOfMany(there, async (source) => {
    requireLog(source)
    const log = await readLog(source, { selection, context, ahead: answerAhead(source, ahead) })
    return { ...(headed && { heading: headingOf(source) }), ...log }
  })
  return { blocks: found, failures }
}

async function follow({ sources, args, context, headed }: Query, warnings: string[]): Promise<Blocks> {
  const followed = sources.slice(0, mostFollowed)
  if (followed.length < sources.length) warnings.push(`Only ${mostFollowed} of ${sources.length} logs are followed.`)
  const until = AbortSignal.timeout(args.follow_seconds * 1000)
  const selection = selectionOf(args)
  const { found, failures } = await eachOfMany(followed, async (source) => {
    requireLog(source)
    const label = headed ? `[${source.pod.metadata.name}/${source.container}] ` : ''
    const { lines, more, isCut } = await followLog(source, { selection, context, until, label })
    if (isCut && (selection.grep ?? selection.exclude) !== null) warnings.push(cutLines(source))
    return {
      ...(headed && { heading: headingOf(source) }),
      lines: selection.group ? groupLines(lines) : lines,
      more,
    }
  })
  return { blocks: found, failures }
}

function cutLines({ pod, container }: LogSource): string {
  const whose = `container "${container}" of pod "${pod.metadata.name}"`
  return `Lines of ${whose} with more than ${longestLine} characters were searched up to there only.`
}

function shown(blocks: readonly Block[], failures: readonly string[], { settings }: KubeContext): ToolResult {
  const count = blocks.reduce((sum, { lines }) => sum + lines.length, 0)
  const failed = failures.length === 0 ? '' : `\n${failures.join('\n')}`
  if (count === 0) return { output: `No log lines in the selected window.${failed}`, total_items: 0, returned_items: 0 }
  // Each log has its share of the room, so that a loud one does not push out the others.
  const most = Math.floor((settings.maxOutputChars - failed.length) / blocks.length)
  const cuts = blocks.map(({ heading, lines, more }) => {
    const cut = cutToNewestLines(lines, {
      most: most - (heading?.length ?? 0) - 1,
      narrow: 'grep, since or num_lines',
      ...(more && { total: { moreThan: lines.length } }),
    })
    return { ...cut, output: heading === undefined ? cut.output : `${heading}\n${cut.output}` }
  })
  return {
    output: cuts.map(({ output }) => output).join('\n') + failed,
    truncated: cuts.some(({ truncated }) => truncated),
    total_items: count,
    returned_items: cuts.reduce((sum, { returned }) => sum + returned, 0),
  }
}
