import { z } from 'zod'
import { duration } from '../../input/duration.ts'
import { objectName, requireNameOfKind } from '../../input/names.ts'
import { anyNamespace, requireOneScope } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { bool, integer, text } from '../../input/reader.ts'
import { resourceType } from '../../input/resource-type.ts'
import { type Event, lastSeenOf } from '../../kube/events/event.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { ageOf } from '../../output/age.ts'
import { redactText } from '../../output/redact.ts'
import { alignTable } from '../../output/table.ts'
import { cutRows } from '../../output/truncate.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { defineTool } from '../shared/define-tool.ts'
import { eventTypes } from './events/event-types.ts'
import { type EventGroup, groupEvents } from './events/group-events.ts'

/** Of one question; a busy cluster keeps more than that, and only all of them have the newest among them. */
const mostRead = 5000
const longestMessage = 500
const mostNamed = 3

const input = z.object({
  namespace: anyNamespace,
  all_namespaces: optional('all_namespaces', bool, false),
  kind: optional('kind', text(resourceType), null),
  name: optional('name', text(objectName), null),
  types: optional('types', text(eventTypes), null, { description: 'Normal, Warning' }),
  since: optional('since', text(duration), null),
  limit: optional('limit', integer(1, 100), 50),
})

type Args = z.output<typeof input>

export const k8sEvents = defineTool({
  name: 'k8s_events',
  title: 'List Kubernetes Events',
  description: 'List what happened, newest first, equal events of several objects together; of deleted objects, too.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input,
  async run(args, context): Promise<ToolResult> {
    requireOneScope(args)
    if (args.name !== null) requireNameOfKind('name', args.name, args.kind ?? '')
    const { kind, isClusterWide } = await involvedKind(args.kind, context)
    const namespace = args.all_namespaces || isClusterWide ? undefined : (args.namespace ?? context.defaultNamespace)
    const { items, hasMore } = await readEvents({ args, kind, namespace }, context)
    const groups = groupEvents(items.filter(sinceFilter(args.since, context.now())))
    return { ...show(groups, { args, namespace, hasMore }, context), namespace }
  },
})

/** Events of what stands in no namespace are kept in one all the same, so they are looked for in all of them. */
async function involvedKind(requested: string | null, { kube }: KubeContext) {
  if (requested === null) return { kind: undefined, isClusterWide: false }
  const { kind, namespaced } = await kube.resolve(requested)
  return { kind, isClusterWide: !namespaced }
}

type Where = { args: Args; kind: string | undefined; namespace: string | undefined }

async function readEvents({ args: { name, types }, kind, namespace }: Where, { kube }: KubeContext) {
  const [type, ...others] = types ?? []
  const fieldSelector = [
    kind && `involvedObject.kind=${kind}`,
    name !== null && `involvedObject.name=${name}`,
    type !== undefined && others.length === 0 && `type=${type}`,
  ]
  const { items, metadata } = await kube.list(await kube.resolve('events.v1.'), {
    namespace,
    fieldSelector: fieldSelector.filter(Boolean).join(','),
    atMost: mostRead,
  })
  return { items: items as Event[], hasMore: Boolean(metadata.continue) }
}

function sinceFilter(since: number | null, now: Date): (event: Event) => boolean {
  if (since === null) return () => true
  const from = now.getTime() - since
  return (event) => Date.parse(lastSeenOf(event)) >= from
}

type About = { args: Args; namespace: string | undefined; hasMore: boolean }

function show(groups: readonly EventGroup[], { args, namespace, hasMore }: About, context: KubeContext): ToolResult {
  const gap = hasMore ? [`[only ${mostRead} events were read; narrow with namespace, kind, name or types]`] : []
  if (groups.length === 0) {
    const where = namespace === undefined ? '' : ` in ${namespace} namespace`
    return { output: [`No events found${where}.`, ...gap].join('\n'), total_items: 0, returned_items: 0 }
  }
  const columns = ['LAST SEEN', 'TYPE', 'REASON', 'COUNT', 'OBJECT', 'MESSAGE']
  const rows = groups
    .slice(0, args.limit)
    .map((group) => cellsOf(group, args, context.now()).map((cell) => redactText(cell)))
  const [header, ...lines] = alignTable(columns, rows)
  const cut = cutRows(header, lines, {
    most: context.settings.maxOutputChars,
    narrow: 'kind, name, types, since or limit',
    total: groups.length,
  })
  const shown = rows.slice(0, cut.returned)
  return {
    output: [cut.output, ...gap].join('\n'),
    truncated: cut.truncated || hasMore,
    total_items: cut.total,
    returned_items: cut.returned,
    data: { rows: shown.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))) },
  }
}

function cellsOf({ type, reason, count, objects, message, lastSeen }: EventGroup, { all_namespaces }: Args, now: Date) {
  const names = objects.map(({ kind, name, namespace }) =>
    all_namespaces && namespace ? `${kind}/${namespace}/${name}` : `${kind}/${name}`,
  )
  const more = names.length > mostNamed ? ` +${names.length - mostNamed}` : ''
  // Masked before it is cut, so that no secret is cut in two.
  const whole = redactText(message)
  const text = whole.length > longestMessage ? `${whole.slice(0, longestMessage)}…` : whole
  return [ageOf(lastSeen, now), type, reason, String(count), `${names.slice(0, mostNamed).join(',')}${more}`, text]
}
