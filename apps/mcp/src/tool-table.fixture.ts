import type { ToolShape } from '@fairlead/contract/tool-meta'

/**
 * The Kubernetes tools as the wire has them, written by hand and never generated: what is pinned elsewhere follows the
 * declarations, this does not. Name, title, hints, tags, parameters in their order.
 *
 * `RO` and `RW` is `readOnlyHint`; behind it `d` destructive, `i` idempotent, `o` open world, each `+`, `-`, or unset.
 * `name:type!` is required; `name:type?=default` may be null. `context` is added where there are several clusters.
 */
const TABLE = `
k8s_logs | Get Kubernetes Pod Logs | RO d- i+ o- | k8s | pod_name:str! namespace:str?="default" num_lines:int?=50 container_name:str?=null since:str?=null previous:bool?=false label_selector:str?=null all_containers:bool?=false grep:str?=null exclude:str?=null timestamps:bool?=false since_time:str?=null both_instances:bool?=false group:bool?=true follow_seconds:int?=0
k8s_get | Get Kubernetes Resources | RO d- i+ o- | k8s | resource_type:str! name:str?=null all_namespaces:bool?=false namespace:str?=null output:str?=null label_selector:str?=null field_selector:str?=null limit:int?=null continue_token:str?=null sort_by:str?=null
k8s_describe | Describe Kubernetes Resource | RO d- i+ o- | k8s | name:str! resource_type:str! namespace:str?="default"
k8s_apply | Apply Kubernetes Manifest | RW i+ o- | k8s | content:str! namespace:str?=null force_conflicts:bool?=false dry_run:bool?=false
k8s_patch | Patch Kubernetes Resource | RW o- | k8s | name:str! resource_type:str! patch:str! namespace:str?="default" patch_type:str?=null dry_run:bool?=false
k8s_set_image | Update Kubernetes Container Images | RW i+ o- | k8s | resource_name:str! resource_type:str! container_images:str! namespace:str?=null dry_run:bool?=false
k8s_rollout_restart | Restart Kubernetes Deployment | RW i- o- | k8s | name:str! namespace:str?="default" resource_type:str?="deployment" dry_run:bool?=false
k8s_scale | Scale Kubernetes Resource | RW i+ o- | k8s | name:str! resource_type:str! replicas:int! namespace:str?="default" dry_run:bool?=false
k8s_delete | Delete Kubernetes Resource | RW d+ i+ o- | k8s | name:str! resource_type:str! namespace:str?="default" grace_period_seconds:int?=null propagation_policy:str?="Background" timeout_seconds:int?=60 dry_run:bool?=false
wait_for_x_seconds | Wait for Specified Duration | RO d- i+ o- | k8s | seconds:int!
k8s_rollout_status | Check Kubernetes Rollout Status | RO d- i+ o- | k8s | name:str! namespace:str?="default" resource_type:str?="deployment" timeout_seconds:int?=60
k8s_rollout_undo | Rollback Kubernetes Resource | RW i- o- | k8s | name:str! resource_type:str! namespace:str?="default" to_revision:int?=null dry_run:bool?=false
k8s_rollout_history | View Kubernetes Rollout History | RO d- i+ o- | k8s | name:str! resource_type:str! namespace:str?="default" revision:int?=null
k8s_cluster_info | Get Kubernetes Cluster Information | RO d- i+ o- | k8s |
k8s_cordon | Cordon Kubernetes Node | RW d- i+ o- | k8s | node_name:str! dry_run:bool?=false
k8s_uncordon | Uncordon Kubernetes Node | RW d- i+ o- | k8s | node_name:str! dry_run:bool?=false
k8s_drain | Drain Kubernetes Node | RW d+ i+ o- | k8s | node_name:str! ignore_daemonsets:bool?=true delete_emptydir_data:bool?=false timeout_seconds:int?=120 grace_period_seconds:int?=null force:bool?=false pod_selector:str?=null dry_run:bool?=false
k8s_run_pod | Run Kubernetes Pod | RW d- i- o+ | k8s | name:str! image:str! namespace:str?="default" command:str?=null argv:str[]?=null timeout_seconds:int?=30 keep:bool?=false dry_run:bool?=false
k8s_exec | Execute Command in Kubernetes Pod | RW i- o+ | k8s | pod_name:str! command:str! namespace:str?="default" container_name:str?=null argv:str[]?=null timeout_seconds:int?=30 dry_run:bool?=false
k8s_port_forward | Port Forward to Kubernetes Resource | RW d- i- o+ | k8s | resource_name:str! ports:str! namespace:str?="default" resource_type:str?="pod" dry_run:bool?=false
k8s_top_pods | Get Kubernetes Pod Resource Usage | RO d- i+ o- | k8s,metrics | pod_name:str?=null namespace:str?=null all_namespaces:bool?=false show_containers:bool?=false label_selector:str?=null sort_by:str?=null no_headers:bool?=false
k8s_top_nodes | Get Kubernetes Node Resource Usage | RO d- i+ o- | k8s,metrics | node_name:str?=null sort_by:str?=null label_selector:str?=null no_headers:bool?=false
k8s_diff | Diff Kubernetes Manifest | RO d- i+ o- | k8s | content:str! namespace:str?=null
k8s_revert | Revert Kubernetes Change | RW i- o- | k8s | changes:str! dry_run:bool?=false
k8s_events | List Kubernetes Events | RO d- i+ o- | k8s | namespace:str?=null all_namespaces:bool?=false kind:str?=null name:str?=null types:str?=null since:str?=null limit:int?=50
k8s_api_resources | List Kubernetes API Resources | RO d- i+ o- | k8s | keyword:str?=null
k8s_explain | Explain Kubernetes Resource Fields | RO d- i+ o- | k8s | resource_type:str! field:str?=null depth:int?=1
k8s_contexts | List Kubernetes Contexts | RO d- i+ o- | k8s |
k8s_can_i | Check Kubernetes Access | RO d- i+ o- | k8s | verb:str?=null resource_type:str?=null namespace:str?=null name:str?=null subresource:str?=null
k8s_whoami | Show Kubernetes Identity | RO d- i+ o- | k8s |
`

/** The lines of the table, by name, as a server of one or of several clusters lists its tools. */
export function tableOfTools({ severalClusters }: { severalClusters: boolean }): string[] {
  const lines = TABLE.trim().split('\n').toSorted()
  if (!severalClusters) return lines.filter((line) => !line.startsWith('k8s_contexts '))
  return lines.map((line) => (line.startsWith('k8s_') ? `${line} context:str?=null` : line))
}

export type ListedTool = ToolShape & {
  title: string
  outputSchema: unknown
  _meta: Record<'fastmcp' | '_fastmcp', { tags: string[] }>
}

/** What `tools/list` answers, in the words of the table; what the notation has no word for stands as it came. */
export function linesOf(tools: readonly ListedTool[]): string[] {
  return tools.map(lineOf).toSorted()
}

function lineOf({ name, title, annotations, inputSchema, _meta, ...rest }: ListedTool): string {
  const {
    title: sameTitle,
    readOnlyHint,
    destructiveHint,
    idempotentHint,
    openWorldHint,
    ...others
  } = annotations ?? {}
  const hints = [
    readOnlyHint ? 'RO' : 'RW',
    ...Object.entries({ d: destructiveHint, i: idempotentHint, o: openWorldHint }).flatMap(([letter, hint]) =>
      hint === undefined ? [] : [letter + (hint ? '+' : '-')],
    ),
  ]
  const { type, properties, required = [], additionalProperties, ...keywords } = inputSchema as Schema
  const parameters = Object.entries(properties).map(([parameter, property]) =>
    parameterOf(parameter, property, required.includes(parameter)),
  )
  const { fastmcp, _fastmcp, ...strangers } = _meta
  const { description: _, outputSchema: __, ...unknown } = rest as Record<string, unknown>
  const unforeseen = { ...others, ...keywords, ...strangers, ...unknown }
  const line = [name, title, hints.join(' '), fastmcp.tags.join(), parameters.join(' ')].join(' | ').trim()
  const isSound =
    sameTitle === title &&
    _fastmcp.tags.join() === fastmcp.tags.join() &&
    type === 'object' &&
    additionalProperties === false &&
    Object.keys(unforeseen).length === 0
  return isSound
    ? line
    : `${line} ${JSON.stringify({ sameTitle, _fastmcp, type, additionalProperties, ...unforeseen })}`
}

type Property = { description?: string; default?: unknown } & Record<string, unknown>
type Schema = {
  type: string
  properties: Record<string, Property>
  required?: string[]
  additionalProperties: unknown
}

const types = new Map(
  Object.entries({
    str: { type: 'string' },
    int: { type: 'integer' },
    bool: { type: 'boolean' },
    'str[]': { type: 'array', items: { type: 'string' } },
  }).flatMap(([word, schema]): [string, string][] => [
    [JSON.stringify(schema), `${word}!`],
    [JSON.stringify({ anyOf: [schema, { type: 'null' }] }), `${word}?`],
  ]),
)

function parameterOf(parameter: string, { description: _, ...property }: Property, isRequired: boolean): string {
  const { default: byDefault, ...schema } = property
  const word = types.get(JSON.stringify(schema))
  const isSound = word !== undefined && word.endsWith('!') === isRequired && 'default' in property !== isRequired
  if (!isSound) return `${parameter}:${JSON.stringify(property)}${isRequired ? '!' : ''}`
  return `${parameter}:${word}${isRequired ? '' : `=${JSON.stringify(byDefault)}`}`
}
