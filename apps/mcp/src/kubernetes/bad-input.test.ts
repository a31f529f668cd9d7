import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { kubernetes } from './family.ts'
import { hostileEight } from './fixtures/hostile-values.fixture.ts'

let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
beforeAll(async () => {
  proxy = await startRecordingProxy(await sharedApiServer())
  mcp = await startTestMcp(proxy.kubeconfig)
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
})
beforeEach(() => {
  proxy.seen.length = 0
})

const letters = "A name has lower-case letters, digits, '-' and '.'."
const labelLetters = "It has lower-case letters, digits and '-'."
const typeForm = "A type has letters, digits, '-' and '.', as in pods, deployments.apps or deployments.v1.apps."
const noNamespace = `namespace "A_b" is not a namespace. ${labelLetters}`
const noType = (value: string) => `resource_type "${value}" is not a type. ${typeForm}`
const flag = (parameter: string) => `${parameter} must not begin with '-'.`
const spaced = 'x --server=https://h'

/** Arguments of each tool that break no rule. */
const good: Record<string, Args> = {
  k8s_get: { resource_type: 'pods' },
  k8s_describe: { resource_type: 'pod', name: 'web' },
  k8s_logs: { pod_name: 'web' },
  k8s_rollout_status: { name: 'web' },
  k8s_rollout_history: { resource_type: 'deployment', name: 'web' },
  k8s_events: {},
  k8s_top_pods: {},
  k8s_top_nodes: {},
  k8s_cluster_info: {},
  k8s_api_resources: {},
  k8s_explain: { resource_type: 'pods' },
  k8s_can_i: { verb: 'get', resource_type: 'pods' },
  k8s_whoami: {},
  wait_for_x_seconds: { seconds: 1 },
  k8s_scale: { resource_type: 'deployment', name: 'web', replicas: 2 },
  k8s_set_image: { resource_type: 'deployment', resource_name: 'web', container_images: 'app=nginx:1.27' },
  k8s_patch: { resource_type: 'deployment', name: 'web', patch: '{"spec":{"minReadySeconds":1}}' },
  k8s_rollout_restart: { name: 'web' },
  k8s_rollout_undo: { resource_type: 'deployment', name: 'web' },
  k8s_cordon: { node_name: 'node-1' },
  k8s_uncordon: { node_name: 'node-1' },
  k8s_diff: { content: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}' },
  k8s_apply: { content: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}' },
  k8s_delete: { resource_type: 'deployment', name: 'web' },
  k8s_revert: { changes: '[]' },
  k8s_drain: { node_name: 'node-1' },
  k8s_exec: { pod_name: 'web', command: 'ls' },
  k8s_run_pod: { name: 'web', image: 'nginx:1.27' },
  k8s_port_forward: { resource_name: 'web', ports: '8080' },
}
const writes = new Set(kubernetes.tools.filter(({ changes }) => changes !== 'nothing').map(({ name }) => name))
const imageForm = 'An image is [HOST[:PORT]/]PATH[:TAG][@DIGEST], as in registry.example.com/shop/web:1.4.'

const portForm = 'Ports are LOCAL:REMOTE or REMOTE, from 1 to 65535 (LOCAL 0 = any), at most 5, separated by commas.'

const revertOf = (entry: object) => JSON.stringify([entry])
const ref = { cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a', uid: 'u' }

/** Tool, rule, what breaks it, and the sentence for the caller. */
const rows: [string, string, Args, string][] = [
  ['k8s_get', 'V1', { resource_type: '--raw=/api' }, flag('resource_type')],
  ['k8s_get', 'V2', { name: '../x' }, `name "../x" is not a name. ${letters}`],
  [
    'k8s_get',
    'V2, colon',
    { name: 'a:b' },
    `name "a:b" contains ':', which only names of roles and bindings may. ${letters}`,
  ],
  ['k8s_get', 'V3', { resource_type: '1pod' }, noType('1pod')],
  [
    'k8s_get',
    'V3, name twice',
    { resource_type: 'pod/a', name: 'b' },
    'name and a resource_type of the form TYPE/NAME exclude each other.',
  ],
  ['k8s_get', 'V4', { namespace: 'A_b' }, noNamespace],
  ['k8s_get', 'V5', { namespace: 'a', all_namespaces: true }, 'namespace and all_namespaces exclude each other.'],
  [
    'k8s_get',
    'V6, labels',
    { label_selector: 'a b' },
    'label_selector "a b" is not a label selector: expected \',\' or the end at character 3.',
  ],
  [
    'k8s_get',
    'V6, fields',
    { field_selector: 'a=b,c' },
    'field_selector "a=b,c" is not a field selector: expected FIELD=VALUE or FIELD!=VALUE at character 5.',
  ],
  ['k8s_get', 'V6, with a name', { name: 'a', label_selector: 'a=b' }, 'name and label_selector exclude each other.'],
  ['k8s_get', 'V7', { limit: 101 }, 'limit must be between 1 and 100, got 101.'],
  ['k8s_get', 'V11', { output: 'csv' }, 'output "csv" is not one of json, name, wide, yaml.'],
  ['k8s_get', 'V11, not a string', { output: 3 }, 'output 3 is not one of json, name, wide, yaml.'],
  [
    'k8s_get',
    'V14',
    { continue_token: 'a\nb' },
    'continue_token must not contain a newline or another control character.',
  ],
  ['k8s_get', 'a bool', { all_namespaces: 'yes' }, 'all_namespaces must be true or false, got "yes".'],
  [
    'k8s_get',
    'unknown',
    { selector: 'a' },
    '"selector" is not a parameter. Known parameters: resource_type, name, all_namespaces, namespace, output, label_selector, field_selector, limit, continue_token, sort_by.',
  ],

  ['k8s_describe', 'V1', { name: spaced }, `name "${spaced}" contains a space. ${letters}`],
  ['k8s_describe', 'V2', { name: 'a%2fb' }, `name "a%2fb" is not a name. ${letters}`],
  ['k8s_describe', 'V3', { resource_type: 'pods,svc' }, noType('pods,svc')],
  ['k8s_describe', 'V4', { namespace: 'A_b' }, noNamespace],
  ['k8s_describe', 'required', { name: null }, 'name is required.'],

  ['k8s_logs', 'V1', { pod_name: '-x' }, flag('pod_name')],
  ['k8s_logs', 'V2', { container_name: 'a.b' }, `container_name "a.b" is not a container name. ${labelLetters}`],
  ['k8s_logs', 'V4', { namespace: 'A_b' }, noNamespace],
  ['k8s_logs', 'V6', { label_selector: ' ' }, 'label_selector must not be empty.'],
  ['k8s_logs', 'V7', { num_lines: 0 }, 'num_lines must be between 1 and 10000, got 0.'],
  ['k8s_logs', 'V7, seconds', { follow_seconds: 271 }, 'follow_seconds must be between 0 and 270, got 271.'],
  [
    'k8s_logs',
    'V12',
    { since: '5 days' },
    'since "5 days" contains a space. A duration is a number and a unit, ms, s, m or h, as in 90s or 1h30m, more than 0 and at most 720h.',
  ],
  [
    'k8s_logs',
    'V12, a moment',
    { since_time: 'yesterday' },
    'since_time "yesterday" is not a time. A time is written by RFC 3339, as in 2026-01-31T10:00:00Z.',
  ],
  ['k8s_logs', 'V14', { grep: '(' }, 'grep "(" is not a pattern of RE2: missing closing ) at character 1.'],

  ['k8s_rollout_status', 'V1', { name: 'a\u0000b' }, `name "a\\u0000b" contains a control character. ${letters}`],
  ['k8s_rollout_status', 'V2', { name: 'Web' }, `name "Web" is not a name. ${letters}`],
  ['k8s_rollout_status', 'V4', { namespace: 'A_b' }, noNamespace],
  ['k8s_rollout_status', 'V7', { timeout_seconds: 271 }, 'timeout_seconds must be between 1 and 270, got 271.'],
  [
    'k8s_rollout_status',
    'V11',
    { resource_type: 'job' },
    'resource_type "job" is not one of daemonset, deployment, statefulset.',
  ],

  ['k8s_rollout_history', 'V2', { name: 'Web' }, `name "Web" is not a name. ${letters}`],
  ['k8s_rollout_history', 'V4', { namespace: 'A_b' }, noNamespace],
  ['k8s_rollout_history', 'V7', { revision: 0 }, 'revision must be at least 1, got 0.'],
  [
    'k8s_rollout_history',
    'V11',
    { resource_type: 'job' },
    'resource_type "job" is not one of daemonset, deployment, statefulset.',
  ],

  ['k8s_events', 'V1', { name: '--help' }, flag('name')],
  ['k8s_events', 'V2', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
  ['k8s_events', 'V4', { namespace: 'A_b' }, noNamespace],
  [
    'k8s_events',
    'V12',
    { since: '0s' },
    'since "0s" is out of range. A duration is a number and a unit, ms, s, m or h, as in 90s or 1h30m, more than 0 and at most 720h.',
  ],
  ['k8s_events', 'V3', { kind: 'pods,svc' }, `kind "pods,svc" is not a type. ${typeForm}`],
  ['k8s_events', 'V5', { namespace: 'a', all_namespaces: true }, 'namespace and all_namespaces exclude each other.'],
  ['k8s_events', 'V7', { limit: 101 }, 'limit must be between 1 and 100, got 101.'],
  ['k8s_events', 'V11', { types: 'Error' }, 'types "Error" is not one of Normal, Warning.'],

  ['k8s_top_pods', 'V2', { pod_name: 'a/b' }, `pod_name "a/b" is not a name. ${letters}`],
  ['k8s_top_pods', 'V4', { namespace: 'A_b' }, noNamespace],
  ['k8s_top_pods', 'V5', { namespace: 'a', all_namespaces: true }, 'namespace and all_namespaces exclude each other.'],
  ['k8s_top_pods', 'V6', { pod_name: 'a', label_selector: 'b' }, 'pod_name and label_selector exclude each other.'],
  ['k8s_top_pods', 'V11', { sort_by: 'name' }, 'sort_by "name" is not one of cpu, memory.'],
  ['k8s_top_nodes', 'V2', { node_name: '../x' }, `node_name "../x" is not a name. ${letters}`],
  ['k8s_top_nodes', 'V6', { node_name: 'a', label_selector: 'b' }, 'node_name and label_selector exclude each other.'],

  ['k8s_cluster_info', 'unknown', { verbose: true }, '"verbose" is not a parameter. There are no parameters.'],
  ['k8s_whoami', 'unknown', { user: 'ann' }, '"user" is not a parameter. There are no parameters.'],

  ['k8s_api_resources', 'V14', { keyword: '' }, 'keyword must not be empty.'],
  [
    'k8s_api_resources',
    'V14, length',
    { keyword: 'a'.repeat(201) },
    'keyword has 201 characters. At most 200 are allowed.',
  ],
  ['k8s_explain', 'V3', { resource_type: 'pods,svc' }, noType('pods,svc')],
  [
    'k8s_explain',
    'V3, field',
    { field: 'spec/x' },
    'field "spec/x" is not a field. A field is a path of names with \'.\' between them, as in spec.template.spec.containers[].image.',
  ],
  ['k8s_explain', 'V7', { depth: 4 }, 'depth must be between 1 and 3, got 4.'],
  ['k8s_can_i', 'V3', { resource_type: '1pod' }, noType('1pod')],
  ['k8s_can_i', 'V1', { subresource: '-x' }, flag('subresource')],
  ['k8s_can_i', 'V2', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
  ['k8s_can_i', 'V4', { namespace: 'A_b' }, noNamespace],
  [
    'k8s_can_i',
    'V11',
    { verb: '' },
    'verb "" is not one of *, approve, bind, create, delete, deletecollection, escalate, get, impersonate, list, patch, sign, update, use, watch.',
  ],
  ['k8s_can_i', 'alone', { resource_type: null }, 'verb needs resource_type.'],

  ['wait_for_x_seconds', 'V7', { seconds: 301 }, 'seconds must be between 0 and 300, got 301.'],
  ['wait_for_x_seconds', 'required', { seconds: null }, 'seconds is required.'],

  ['k8s_scale', 'V1', { name: '--help' }, flag('name')],
  ['k8s_scale', 'V2', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
  ['k8s_scale', 'V3', { resource_type: 'deployment/web' }, noType('deployment/web')],
  ['k8s_scale', 'V4', { namespace: 'A_b' }, noNamespace],
  ['k8s_scale', 'V7', { replicas: -3 }, 'replicas must be between 0 and 10000, got -3.'],
  ['k8s_scale', 'V7, a fraction', { replicas: 1.5 }, 'replicas must be an integer between 0 and 10000, got 1.5.'],
  ['k8s_scale', 'a bool', { dry_run: 'yes' }, 'dry_run must be true or false, got "yes".'],

  ['k8s_set_image', 'V1', { resource_name: '-x' }, flag('resource_name')],
  ['k8s_set_image', 'V2', { resource_name: 'Web' }, `resource_name "Web" is not a name. ${letters}`],
  ['k8s_set_image', 'V3', { resource_type: 'pods,svc' }, noType('pods,svc')],
  ['k8s_set_image', 'V4', { namespace: 'A_b' }, noNamespace],
  ['k8s_set_image', 'V8', { container_images: 'app=Nginx' }, `container_images "Nginx" is not an image. ${imageForm}`],
  [
    'k8s_set_image',
    'V8, twice',
    { container_images: 'app=a:1,app=a:2' },
    'container_images names container "app" twice.',
  ],

  ['k8s_patch', 'V1', { name: spaced }, `name "${spaced}" contains a space. ${letters}`],
  ['k8s_patch', 'V2', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
  ['k8s_patch', 'V4', { namespace: 'A_b' }, noNamespace],
  ['k8s_patch', 'V3', { resource_type: 'pods,svc' }, noType('pods,svc')],
  ['k8s_patch', 'V10, no object', { patch: 'a' }, 'patch must be an object for patch_type strategic, got "a".'],
  ['k8s_patch', 'V11', { patch_type: 'apply' }, 'patch_type "apply" is not one of json, merge, strategic.'],
  ['k8s_patch', 'status', { patch: '{"status":{}}' }, 'patch: "/status" cannot be changed by a patch.'],

  ['k8s_rollout_restart', 'V2', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
  ['k8s_rollout_restart', 'V4', { namespace: 'A_b' }, noNamespace],
  [
    'k8s_rollout_restart',
    'V11',
    { resource_type: 'pod' },
    'resource_type "pod" is not one of daemonset, deployment, statefulset.',
  ],
  ['k8s_rollout_undo', 'V7', { to_revision: -1 }, 'to_revision must be at least 0, got -1.'],
  ['k8s_rollout_undo', 'V2', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
  ['k8s_rollout_undo', 'V4', { namespace: 'A_b' }, noNamespace],
  [
    'k8s_rollout_undo',
    'V11',
    { resource_type: 'job' },
    'resource_type "job" is not one of daemonset, deployment, statefulset.',
  ],
  ['k8s_cordon', 'V2', { node_name: 'a_b' }, `node_name "a_b" is not a name. ${letters}`],
  ['k8s_uncordon', 'required', { node_name: null }, 'node_name is required.'],
  ['k8s_uncordon', 'V2', { node_name: 'a/b' }, `node_name "a/b" is not a name. ${letters}`],
  ['k8s_diff', 'no documents', { content: '---' }, 'content has no documents.'],
  ['k8s_diff', 'V4', { namespace: 'A_b' }, noNamespace],
  [
    'k8s_diff',
    'V10',
    { content: 'a: 1\na: 2' },
    'content is not valid YAML: line 2, column 1: Map keys must be unique.',
  ],

  ['k8s_apply', 'V4', { namespace: 'A_b' }, noNamespace],
  [
    'k8s_apply',
    'V10',
    { content: 'a: [b' },
    'content is not valid YAML: line 1, column 6: Flow sequence in block collection must be sufficiently indented and end with a ].',
  ],
  [
    'k8s_apply',
    'V10, twice',
    { content: 'a: 1\na: 2' },
    'content is not valid YAML: line 2, column 1: Map keys must be unique.',
  ],
  [
    'k8s_apply',
    'V10, a tag',
    { content: 'a: !!js/function x' },
    'content is not valid YAML: line 1, column 4: Unresolved tag: tag:yaml.org,2002:js/function.',
  ],
  [
    'k8s_apply',
    'V10, length',
    { content: `a: ${'x'.repeat(1_048_576)}` },
    'content has 1048579 bytes. At most 1048576 are allowed.',
  ],
  ['k8s_apply', 'no documents', { content: '---' }, 'content has no documents.'],
  [
    'k8s_apply',
    'no name',
    { content: 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a}' },
    'content: the document at line 1 has generateName. An apply needs metadata.name.',
  ],

  ['k8s_delete', 'V1', { resource_type: '--all' }, flag('resource_type')],
  ['k8s_delete', 'V2', { name: 'a,b' }, `name "a,b" is not a name. ${letters}`],
  ['k8s_delete', 'V3', { resource_type: 'pods,svc' }, noType('pods,svc')],
  ['k8s_delete', 'V4', { namespace: 'A_b' }, noNamespace],
  ['k8s_delete', 'V7', { grace_period_seconds: 0 }, 'grace_period_seconds must be between 1 and 270, got 0.'],
  [
    'k8s_delete',
    'V11',
    { propagation_policy: 'None' },
    'propagation_policy "None" is not one of Background, Foreground, Orphan.',
  ],

  ['k8s_drain', 'V2', { node_name: 'a/b' }, `node_name "a/b" is not a name. ${letters}`],
  ['k8s_drain', 'required', { node_name: null }, 'node_name is required.'],
  [
    'k8s_drain',
    'V6',
    { pod_selector: 'a b' },
    'pod_selector "a b" is not a label selector: expected \',\' or the end at character 3.',
  ],
  ['k8s_drain', 'V7', { timeout_seconds: 271 }, 'timeout_seconds must be between 1 and 270, got 271.'],
  ['k8s_drain', 'V7, grace', { grace_period_seconds: 0 }, 'grace_period_seconds must be between 1 and 270, got 0.'],
  ['k8s_drain', 'a bool', { force: 'yes' }, 'force must be true or false, got "yes".'],

  ['k8s_exec', 'V2', { pod_name: 'a/b' }, `pod_name "a/b" is not a name. ${letters}`],
  ['k8s_exec', 'V4', { namespace: 'A_b' }, noNamespace],
  [
    'k8s_exec',
    'V2, container',
    { container_name: 'a.b' },
    `container_name "a.b" is not a container name. ${labelLetters}`,
  ],
  ['k8s_exec', 'V7', { timeout_seconds: 121 }, 'timeout_seconds must be between 1 and 120, got 121.'],
  ['k8s_exec', 'V14', { command: '' }, 'command must not be empty, unless argv is given.'],
  ['k8s_exec', 'V14, words', { argv: [''] }, 'argv must not begin with an empty word.'],

  ['k8s_run_pod', 'V2', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
  ['k8s_run_pod', 'V4', { namespace: 'A_b' }, noNamespace],
  ['k8s_run_pod', 'V7', { timeout_seconds: 121 }, 'timeout_seconds must be between 1 and 120, got 121.'],
  ['k8s_run_pod', 'V8', { image: 'Nginx' }, `image "Nginx" is not an image. ${imageForm}`],
  ['k8s_run_pod', 'V14', { command: "'a" }, "command is not a command: the quote ' at character 1 has no end."],

  ['k8s_port_forward', 'V2', { resource_name: 'a/b' }, `resource_name "a/b" is not a name. ${letters}`],
  ['k8s_port_forward', 'V4', { namespace: 'A_b' }, noNamespace],
  ['k8s_port_forward', 'V11', { resource_type: 'job' }, 'resource_type "job" is not one of deployment, pod, service.'],
  ['k8s_port_forward', 'V13', { ports: '70000' }, `ports "70000" is not a list of ports. ${portForm}`],

  [
    'k8s_revert',
    'V10',
    { changes: '[' },
    'changes is not valid YAML: line 1, column 2: Flow sequence must end with a ].',
  ],
  ['k8s_revert', 'V10, no list', { changes: '{}' }, 'changes must be a list, one entry an object.'],
  ['k8s_revert', 'no entries', {}, 'changes has no entries.'],
  [
    'k8s_revert',
    'what the server keeps',
    { changes: revertOf({ ref, patch: [{ op: 'replace', path: '/metadata/uid', value: 'x' }] }) },
    'changes: "/metadata/uid" cannot be written.',
  ],
]

/** By parameter, the rule that is its own; that no string is a flag is tried with every parameter elsewhere. */
const ruleOf: Record<string, string> = {
  ...Object.fromEntries(['name', 'pod_name', 'resource_name', 'node_name', 'container_name'].map((one) => [one, 'V2'])),
  ...Object.fromEntries(['resource_type', 'kind', 'field'].map((one) => [one, 'V3'])),
  namespace: 'V4',
  all_namespaces: 'V5',
  ...Object.fromEntries(['label_selector', 'field_selector', 'pod_selector'].map((one) => [one, 'V6'])),
  ...Object.fromEntries(['image', 'container_images'].map((one) => [one, 'V8'])),
  ...Object.fromEntries(['content', 'patch', 'changes'].map((one) => [one, 'V10'])),
  ...Object.fromEntries(['output', 'patch_type', 'types', 'verb', 'propagation_policy'].map((one) => [one, 'V11'])),
  ...Object.fromEntries(['since', 'since_time'].map((one) => [one, 'V12'])),
  ports: 'V13',
  ...Object.fromEntries(['command', 'argv', 'keyword', 'grep', 'exclude', 'continue_token'].map((one) => [one, 'V14'])),
}
/** Of a closed list there. */
const oneOfAFew = new Set([
  'k8s_rollout_status',
  'k8s_rollout_history',
  'k8s_rollout_restart',
  'k8s_rollout_undo',
  'k8s_port_forward',
])

test('every tool has a row for each rule that its parameters come under', () => {
  const tried = new Set(rows.map(([tool, rule]) => `${tool} ${rule.split(',')[0]}`))
  const needed = kubernetes.tools.flatMap(({ name, inputSchema }) =>
    Object.entries(inputSchema.properties).flatMap(([parameter, property]) => {
      if (JSON.stringify(property).includes('"integer"')) return `${name} V7`
      if (parameter === 'resource_type' && oneOfAFew.has(name)) return `${name} V11`
      return ruleOf[parameter] === undefined ? [] : `${name} ${ruleOf[parameter]}`
    }),
  )
  expect([...new Set(needed)].filter((each) => !tried.has(each))).toEqual([])
})

test.each(rows)('%s refuses a breach of %s before anything is asked', async (tool, _rule, breach, sentence) => {
  const meta = writes.has(tool) && breach.dry_run === undefined ? { [metaKeys.preview]: true } : {}
  const answer = await mcp.call(tool, { ...good[tool], ...breach }, meta)
  expect(answer).toMatchObject({ error: true, code: 'InvalidArgument', output: `InvalidArgument: ${sentence}` })
  expect(proxy.seen).toEqual([])
})

test.each([
  ['k8s_apply', 'content'],
  ['k8s_diff', 'content'],
  ['k8s_patch', 'patch'],
  ['k8s_revert', 'changes'],
])('what is no document is refused by %s as %s before anything is asked', async (tool, parameter) => {
  for (const value of hostileEight) {
    const meta = writes.has(tool) ? { [metaKeys.preview]: true } : {}
    const answer = await mcp.call(tool, { ...good[tool], [parameter]: value }, meta)
    expect(answer.output, value.slice(0, 20)).toMatch(new RegExp(`^InvalidArgument: ${parameter}[: ]`))
  }
  expect(proxy.seen).toEqual([])
})
