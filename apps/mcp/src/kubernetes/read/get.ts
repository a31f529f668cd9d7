import { z } from 'zod'
import type { KubeObject } from '../../effect/kube-object.ts'
import { freeText } from '../../input/free-text.ts'
import { InvalidInput } from '../../input/invalid-input.ts'
import { objectName, requireNameOfKind } from '../../input/names.ts'
import { anyNamespace, byFields, byLabels, requireOneScope, types } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { bool, integer, oneOf, text } from '../../input/reader.ts'
import type { ReadTypes } from '../../input/resource-type.ts'
import { type ApiResource, apiVersionOf } from '../../kube/discovery/api-resource.ts'
import type { Event } from '../../kube/events/event.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { type Format, showList, showObject } from '../../kube/show-objects.ts'
import { isTooDeepToShow, withoutDeepLevels } from '../../output/deep-levels.ts'
import { redactObject } from '../../output/redact.ts'
import type { Cut } from '../../output/truncate.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { defineTool } from '../shared/define-tool.ts'
import { eachOfMany } from '../shared/each-of-many.ts'
import { groupEvents } from './events/group-events.ts'
import { MAX_EVENTS, showEvents } from './events/show-events.ts'
import { isOne, readScope, type Scope } from './get/read-scope.ts'
import { type Rest, readTable } from './get/read-table.ts'
import { resolveTypes } from './get/resolve-types.ts'
import { type Shown, showNames, showTables } from './get/show-tables.ts'
import { sortColumn, sortRows } from './get/sort-rows.ts'

const input = z.object({
  resource_type: types,
  name: optional('name', text(objectName), null),
  all_namespaces: optional('all_namespaces', bool, false),
  namespace: anyNamespace,
  output: optional('output', oneOf(['wide', 'yaml', 'json', 'name']), null),
  label_selector: byLabels,
  field_selector: byFields,
  limit: optional('limit', integer(1, 100), null),
  continue_token: optional('continue_token', text(freeText(16_384)), null),
  sort_by: optional('sort_by', text(sortColumn), null, { description: 'a column' }),
})

type Args = z.output<typeof input>

export const k8sGet = defineTool({
  name: 'k8s_get',
  title: 'Get Kubernetes Resources',
  description: 'List resources of one or more types, or get one by name. For causes and events use k8s_describe.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input,
  async run(args, context): Promise<ToolResult> {
    const name = requireSense(args)
    const resources = await resolveTypes(context.kube, args.resource_type.types, name !== null)
    if (resources.length > 1 && args.continue_token)
      throw new InvalidInput('continue_token needs exactly one resource_type.')
    const namespace = args.all_namespaces ? undefined : (args.namespace ?? context.defaultNamespace)
    const events = eventResource(resources, { ...args, name })
    if (events !== undefined) return getEvents(events, args, { context, namespace })
    const scopes = resources.map((resource) => ({
      resource,
      name,
      selectors: { labelSelector: args.label_selector ?? undefined, fieldSelector: args.field_selector ?? undefined },
      ...(resource.namespaced && { namespace }),
    }))
    const used = namespace !== undefined && resources.some(({ namespaced }) => namespaced) ? namespace : undefined
    const answer = { scopes, args, context, used }
    return args.output === 'yaml' || args.output === 'json' ? getObjects(answer, args.output) : getTables(answer)
  },
})

/** What excludes what; gives the name that is asked for. */
function requireSense(args: Args): string | null {
  requireOneScope(args)
  const { types, name: slashed }: ReadTypes = args.resource_type
  if (args.name !== null && slashed !== undefined)
    throw new InvalidInput('name and a resource_type of the form TYPE/NAME exclude each other.')
  const name = args.name ?? slashed ?? null
  if (name === null) return null
  if (types.length > 1) throw new InvalidInput('name and several types in resource_type exclude each other.')
  if (args.label_selector !== null) throw new InvalidInput('name and label_selector exclude each other.')
  if (args.field_selector !== null) throw new InvalidInput('name and field_selector exclude each other.')
  requireNameOfKind('name', name, types[0] ?? '')
  return name
}

const EVENTS_SHOWN = 50

/** Events, where a list of them is meant as it comes: each by itself they would cost many times as much to read. */
function eventResource(
  resources: readonly ApiResource[],
  {
    name,
    output,
    sort_by,
    continue_token,
  }: Pick<Args, 'output' | 'sort_by' | 'continue_token'> & { name: string | null },
): ApiResource | undefined {
  const [only, ...others] = resources
  const isPlain = name === null && output === null && sort_by === null && !continue_token
  const isEvent = only?.group === '' && only.kind === 'Event'
  return isPlain && isEvent && others.length === 0 ? only : undefined
}

async function getEvents(
  resource: ApiResource,
  { label_selector, field_selector, limit }: Args,
  { context, namespace }: { context: KubeContext; namespace: string | undefined },
): Promise<ToolResult> {
  const { items, metadata } = await context.kube.list(resource, {
    namespace,
    labelSelector: label_selector ?? undefined,
    fieldSelector: field_selector ?? undefined,
    atMost: MAX_EVENTS,
  })
  const found = { limit: limit ?? EVENTS_SHOWN, namespace, hasMore: Boolean(metadata.continue) }
  return showEvents(groupEvents(items as Event[]), found, context)
}

type Query = { scopes: Scope[]; args: Args; context: KubeContext; used: string | undefined }

async function getTables({ scopes, args, context, used }: Query): Promise<ToolResult> {
  const wide = args.output === 'wide'
  const metadata = args.all_namespaces || args.sort_by !== null
  const page = { wide, metadata, limit: args.limit, continueToken: args.continue_token || null }
  const { found, failures } = await eachOfMany(scopes, async (scope) => {
    const table = await readTable(context, scope, page)
    return { resource: scope.resource, table: args.sort_by === null ? table : sortRows(table, args.sort_by) }
  })
  const rows = found.reduce((sum, { table }) => sum + table.rows.length, 0)
  if (rows === 0) return nothingFound(used, failures)
  const rests = found.flatMap(({ table }) => table.rest ?? [])
  const limits = limitsOf(rows, rests, context)
  const shown: Shown =
    args.output === 'name'
      ? showNames(found, limits)
      : showTables(found, { ...limits, withNamespace: args.all_namespaces })
  return { ...resultOf(shown, { used, failures, rests, scopes }), data: { rows: shown.data } }
}

async function getObjects({ scopes, args, context, used }: Query, format: Format): Promise<ToolResult> {
  type Answer = KubeObject & { items?: KubeObject[] }
  const { found, failures } = await eachOfMany(scopes, async (scope) => {
    const { pages, rest } = await readScope<Answer>(context.kube, scope, {
      query: {},
      limit: args.limit,
      continueToken: args.continue_token || null,
    })
    const items = isOne(scope) ? pages : pages.flatMap(({ items = [] }) => items)
    return { items: items.map((item) => ({ item, resource: scope.resource })), rest }
  })
  const objects = sortObjects(
    found.flatMap(({ items }) => items),
    args.sort_by,
  )
  const rests = found.flatMap(({ rest }) => rest ?? [])
  const limits = limitsOf(objects.length, rests, context)
  const [only] = objects
  if (only === undefined && failures.length > 0) return nothingFound(used, failures)
  const alone = only !== undefined && scopes.every((scope) => isOne(scope))
  const shown = alone
    ? showObject(shownObject(only, context), format, limits)
    : showList(shownObjects(objects, context), format, limits)
  const isCut = objects.slice(0, shown.returned).some(({ item }) => isTooDeepToShow(item))
  return resultOf({ ...shown, truncated: shown.truncated || isCut }, { used, failures, rests, scopes })
}

type Item = { item: KubeObject; resource: ApiResource }

function* shownObjects(items: readonly Item[], context: KubeContext): Iterable<KubeObject> {
  for (const item of items) yield shownObject(item, context)
}

/** Items of a typed list carry no type of their own; managedFields are for machines. */
function shownObject({ item, resource }: Item, { settings }: KubeContext): KubeObject {
  const { apiVersion: _, kind: __, metadata, ...rest } = item
  const { managedFields: ___, ...kept } = metadata
  const object = { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: kept, ...rest }
  return redactObject(withoutDeepLevels(object), { reveal: settings.revealSecrets })
}

const objectKeys: Record<string, (object: KubeObject) => string> = {
  name: ({ metadata }) => metadata.name,
  namespace: ({ metadata }) => metadata.namespace ?? '',
  age: ({ metadata }) => metadata.creationTimestamp ?? '',
}

function sortObjects(objects: Item[], sortBy: string | null): Item[] {
  if (sortBy === null) return objects
  const key = objectKeys[sortBy]
  if (key === undefined)
    throw new InvalidInput(`sort_by "${sortBy}" is not one of ${Object.keys(objectKeys).toSorted().join(', ')}.`)
  const sign = sortBy === 'age' ? -1 : 1
  return objects.toSorted(({ item: a }, { item: b }) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

function limitsOf(count: number, rests: readonly Rest[], { settings }: KubeContext) {
  const known = rests.every((rest) => rest.count !== undefined)
  const more = rests.reduce((sum, rest) => sum + (rest.count ?? 0), 0)
  return {
    most: settings.maxOutputChars,
    narrow: 'namespace, label_selector, field_selector or a name',
    total: known ? count + more : { moreThan: count },
  }
}

type About = { used: string | undefined; failures: readonly string[]; rests: readonly Rest[]; scopes: readonly Scope[] }

function resultOf(cut: Cut, { used, failures, rests, scopes }: About): ToolResult {
  const [rest] = rests
  // A token goes on behind the last row that came; where rows were cut off since, it would skip them.
  const whole =
    rest !== undefined && scopes.length === 1 && cut.output.length > 0 && cut.returned + (rest.count ?? 1) >= cut.total
  const next = whole ? `\n[the rest: continue_token ${rest.continueToken}]` : ''
  return {
    output: [`${cut.output}${next}`, ...failures].join('\n'),
    namespace: used,
    truncated: cut.truncated,
    total_items: cut.total,
    returned_items: cut.returned,
    ...(whole && { continue_token: rest.continueToken }),
  }
}

function nothingFound(namespace: string | undefined, failures: readonly string[]): ToolResult {
  const where = namespace === undefined ? '' : ` in ${namespace} namespace`
  return {
    output: [`No resources found${where}.`, ...failures].join('\n'),
    namespace,
    total_items: 0,
    returned_items: 0,
  }
}
