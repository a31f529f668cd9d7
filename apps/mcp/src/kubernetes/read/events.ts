import { z } from 'zod'
import { duration } from '../../input/duration.ts'
import { objectName, requireNameOfKind } from '../../input/names.ts'
import { anyNamespace, requireOneScope } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { bool, integer, text } from '../../input/reader.ts'
import { resourceType } from '../../input/resource-type.ts'
import { type Event, lastSeenOf } from '../../kube/events/event.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { defineTool } from '../shared/define-tool.ts'
import { eventTypes } from './events/event-types.ts'
import { groupEvents } from './events/group-events.ts'
import { MAX_EVENTS, showEvents } from './events/show-events.ts'

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
    return showEvents(groups, { limit: args.limit, namespace, hasMore }, context)
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
    atMost: MAX_EVENTS,
  })
  return { items: items as Event[], hasMore: Boolean(metadata.continue) }
}

function sinceFilter(since: number | null, now: Date): (event: Event) => boolean {
  if (since === null) return () => true
  const from = now.getTime() - since
  return (event) => Date.parse(lastSeenOf(event)) >= from
}
