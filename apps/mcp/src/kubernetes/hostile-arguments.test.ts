import { expect, test } from 'vitest'
import { kubernetes } from './family.ts'

const hostile = ['--help', '-x', 'a b', 'a --b=c', '../x', 'a\nb', '', 'a'.repeat(10_000)]
/** Taken literally, so most of these are fine there. */
const freeText = ['grep', 'exclude', 'continue_token', 'keyword', 'command']
const args: Record<string, Record<string, string | number>> = {
  k8s_get: { resource_type: 'pods' },
  k8s_describe: { resource_type: 'pod', name: 'web' },
  k8s_logs: { pod_name: 'web' },
  k8s_events: {},
  k8s_diff: { content: 'a: b' },
  k8s_api_resources: {},
  k8s_explain: { resource_type: 'pods' },
  k8s_contexts: {},
  k8s_can_i: {},
  k8s_whoami: {},
  k8s_cluster_info: {},
  k8s_top_pods: {},
  k8s_top_nodes: {},
  wait_for_x_seconds: { seconds: 1 },
  k8s_rollout_status: { name: 'web' },
  k8s_rollout_history: { name: 'web', resource_type: 'deployment' },
  k8s_rollout_restart: { name: 'web' },
  k8s_rollout_undo: { resource_type: 'deployment', name: 'web' },
  k8s_apply: { content: 'a: b' },
  k8s_patch: { resource_type: 'deployment', name: 'web', patch: '{}' },
  k8s_revert: { changes: '[]' },
  k8s_scale: { resource_type: 'deployment', name: 'web', replicas: 3 },
  k8s_set_image: { resource_type: 'deployment', resource_name: 'web', container_images: 'app=nginx:1.27' },
  k8s_delete: { resource_type: 'pod', name: 'web' },
  k8s_cordon: { node_name: 'node-1' },
  k8s_uncordon: { node_name: 'node-1' },
  k8s_drain: { node_name: 'node-1' },
  k8s_exec: { pod_name: 'web', command: 'ls' },
  k8s_run_pod: { name: 'web', image: 'nginx:1.27' },
  k8s_port_forward: { resource_name: 'web', ports: '8080' },
}
const good = kubernetes.tools.map((tool) => [tool, args[tool.name] ?? {}] as const)

type Property = { type?: string; anyOf?: { type: string }[] }

const cases = good.flatMap(([tool, args]) => {
  const { properties } = tool.inputSchema as { properties: Record<string, Property> }
  return Object.entries(properties).map(([parameter, { type, anyOf }]) => ({
    tool,
    args,
    parameter,
    type: type ?? anyOf?.[0]?.type ?? '',
  }))
})

/** `dry_run` is the gate's, which reads it before the tool does; a document is judged as a whole by the tool. */
const judgedElsewhere = ['dry_run', 'content', 'patch', 'changes']
const plain = cases.filter(({ parameter }) => ![...freeText, ...judgedElsewhere].includes(parameter))

test('every tool is here', () => {
  expect(Object.keys(args).toSorted()).toEqual(kubernetes.tools.map(({ name }) => name).toSorted())
})

test.each(plain)(
  '$tool.name refuses every hostile $parameter before anything is asked',
  ({ tool, args, parameter }) => {
    expect(() => tool.parse(args)).not.toThrow()
    for (const value of hostile) {
      const text = expect.stringMatching(new RegExp(`^${parameter} `))
      expect(() => tool.parse({ ...args, [parameter]: value }), JSON.stringify(value.slice(0, 20))).toThrow(
        expect.objectContaining({ code: 'InvalidArgument', message: text }),
      )
    }
  },
)

test.each(cases.filter(({ parameter }) => freeText.includes(parameter)))(
  '$tool.name takes $parameter literally, but no control characters',
  ({ tool, args, parameter }) => {
    for (const value of hostile.slice(0, 5)) expect(() => tool.parse({ ...args, [parameter]: value })).not.toThrow()
    expect(() => tool.parse({ ...args, [parameter]: 'a\nb' })).toThrow(/must not contain a newline/)
  },
)

test.each(good)('a parameter that $name has not is refused with those it has', (tool, args) => {
  expect(() => tool.parse({ ...args, selector: 'x' })).toThrow(
    expect.objectContaining({ code: 'InvalidArgument', message: expect.stringContaining(Object.keys(args)[0] ?? '') }),
  )
})
