import { expect, test } from 'vitest'
import pinned from '../tool/pinned-tools.generated.json' with { type: 'json' }
import { readTitle } from './read-title.ts'

test.each<[string, object, string]>([
  ['k8s_get', { resource_type: 'pods', all_namespaces: true }, 'Pods in all namespaces'],
  ['k8s_get', { resource_type: 'deployments', namespace: 'shop' }, 'Deployments of shop'],
  ['k8s_get', { resource_type: 'deploy', name: 'web', namespace: 'shop' }, 'Deployment web of shop'],
  ['k8s_get', { resource_type: 'pods,svc', namespace: 'shop' }, 'Pods, Services of shop'],
  ['k8s_get', { resource_type: 'po', namespace: 'shop', label_selector: 'app=web' }, 'Pods of shop with app=web'],
  ['k8s_get', { resource_type: 'widgets.example.com' }, 'Widgets.example.com'],
  ['k8s_get', { resource_type: 'networkpolicies', context: 'prod' }, 'NetworkPolicies, on prod'],
  ['k8s_logs', { pod_name: 'checkout-z6mp', num_lines: 30 }, 'Logs of checkout-z6mp, 30 lines'],
  [
    'k8s_logs',
    { pod_name: 'deployment/web', namespace: 'shop', previous: true, grep: 'error' },
    'Logs of Deployment web, of the run before, matching error, in shop',
  ],
  ['k8s_logs', { pod_name: '*', label_selector: 'app=web', num_lines: 1 }, 'Logs of pods with app=web, 1 line'],
  ['k8s_describe', { resource_type: 'pod', name: 'web-1', namespace: 'shop' }, 'Pod web-1 of shop and its events'],
  ['k8s_rollout_status', { name: 'web', namespace: 'shop' }, 'Roll-out of Deployment web of shop'],
  ['k8s_rollout_history', { resource_type: 'sts', name: 'db' }, 'Revisions of StatefulSet db'],
  ['k8s_rollout_history', { resource_type: 'sts', name: 'db', revision: 3 }, 'Revision 3 of StatefulSet db'],
  ['k8s_events', { namespace: 'shop', types: 'Warning' }, 'Warning events of shop'],
  ['k8s_events', { kind: 'Pod', name: 'web-1', namespace: 'shop' }, 'Events of Pod web-1 of shop'],
  ['k8s_events', { all_namespaces: true }, 'Events in all namespaces'],
  ['k8s_top_pods', { namespace: 'shop' }, 'Use of CPU and memory by pods of shop'],
  ['k8s_top_nodes', {}, 'Use of CPU and memory by nodes'],
  ['k8s_can_i', { verb: 'delete', resource_type: 'pods', namespace: 'shop' }, 'Right to delete Pods of shop'],
  ['k8s_can_i', {}, 'Rights'],
  ['k8s_explain', { resource_type: 'pod', field: 'spec' }, 'Field spec of Pods'],
  ['k8s_exec', { pod_name: 'web-1', command: 'df -h', namespace: 'shop' }, 'Output of df -h in web-1 of shop'],
  ['k8s_exec', { pod_name: 'web-1', command: '', argv: ['ls', '/'] }, 'Output of ls / in web-1'],
  ['k8s_diff', { content: 'kind: Pod', namespace: 'shop' }, 'What applying manifests would change in shop'],
  ['wait_for_x_seconds', { seconds: 5 }, 'A wait of 5 s'],
  ['load_toolset', { toolset: 'k8s', include_write_tools: true }, 'Tools of k8s, those that write too'],
  ['load_toolset', { toolset: 'k8s', include_write_tools: 'true' }, 'Tools of k8s, those that write too'],
  ['load_toolset', { toolset: 'k8s', include_write_tools: false }, 'Tools of k8s'],
  ['k8s_get', { resource_type: 'po', field_selector: 'spec.nodeName=n1' }, 'Pods where spec.nodeName=n1'],
  [
    'k8s_get',
    { resource_type: 'po', namespace: 'shop', all_namespaces: true, label_selector: 'a=b', field_selector: 'c=d' },
    'Pods in all namespaces with a=b where c=d',
  ],
  ['k8s_get', { resource_type: 'pods, svc', namespace: ' shop ' }, 'Pods, Services of shop'],
  ['k8s_get', { resource_type: 'deploy,svc', name: 'web' }, 'Deployment, Service web'],
  ['k8s_get', { resource_type: 'no', name: 'n1', namespace: 'shop', all_namespaces: true }, 'Node n1'],
  ['k8s_get', { resource_type: 'po', name: ' ', namespace: '', context: ' ' }, 'Pods'],
  ['k8s_get', { resource_type: 'po', namespace: 7, all_namespaces: 'true' }, 'Pods'],
  [
    'k8s_logs',
    { pod_name: 'web-1', previous: false, since: '5m', container_name: 'app', exclude: 'debug', namespace: 'shop' },
    'Logs of web-1, since 5m, container app, without debug, in shop',
  ],
  ['k8s_logs', { pod_name: 'web-1', since_time: '2026-11-24T10:00:00Z' }, 'Logs of web-1, since 2026-11-24T10:00:00Z'],
  ['k8s_logs', { pod_name: ' web-1 ', num_lines: '30', previous: 'yes' }, 'Logs of web-1'],
  ['k8s_logs', { pod_name: '*', namespace: 'shop', all_namespaces: true }, 'Logs of pods'],
  ['k8s_rollout_status', { resource_type: 'ds', name: 'agent' }, 'Roll-out of DaemonSet agent'],
  ['k8s_rollout_history', { resource_type: 'sts', name: 'db', revision: '3' }, 'Revisions of StatefulSet db'],
  ['k8s_events', {}, 'Events'],
  ['k8s_events', { kind: 'pod', namespace: 'shop', since: '10m' }, 'Events of Pods of shop, since 10m'],
  ['k8s_events', { name: 'web-1' }, 'Events of web-1'],
  ['k8s_top_pods', { pod_name: 'web-1', namespace: 'shop' }, 'Use of CPU and memory by Pod web-1 of shop'],
  [
    'k8s_top_pods',
    { label_selector: 'app=web', all_namespaces: true },
    'Use of CPU and memory by pods with app=web in all namespaces',
  ],
  ['k8s_top_nodes', { node_name: 'n1' }, 'Use of CPU and memory by Node n1'],
  ['k8s_cluster_info', { context: ' prod ' }, 'About the cluster, on prod'],
  ['k8s_contexts', {}, 'Clusters that can be named'],
  ['k8s_api_resources', {}, 'Resource types'],
  ['k8s_api_resources', { keyword: 'net' }, 'Resource types, matching net'],
  ['k8s_explain', { resource_type: 'pod' }, 'Fields of Pods'],
  ['k8s_can_i', { resource_type: 'pods' }, 'Rights on Pods'],
  ['k8s_can_i', { verb: 'get', resource_type: 'pods', name: 'web' }, 'Right to get Pods named web'],
  ['k8s_can_i', { verb: 'get', name: 'web', all_namespaces: true }, 'Right to get in all namespaces'],
  ['k8s_whoami', {}, 'Who asks the cluster'],
  ['k8s_diff', { content: 'kind: Pod' }, 'What applying manifests would change'],
  ['k8s_exec', { pod_name: 'web-1', command: 'df -h', argv: [] }, 'Output of df -h in web-1'],
  ['k8s_exec', { pod_name: 'web-1', command: 'df -h', argv: 'ls' }, 'Output of df -h in web-1'],
])('%s of %j is %s', (tool, args, title) => {
  expect(readTitle({ tool, args })).toBe(title)
})

test.each<[string, unknown]>([
  ['search_tickets', { q: 'x' }],
  ['toString', {}],
  ['k8s_get', null],
  ['k8s_get', ['pods']],
  ['k8s_get', { resource_type: 7 }],
  ['k8s_describe', { resource_type: 'pod' }],
  ['k8s_logs', {}],
  ['k8s_whoami', null],
  ['k8s_whoami', 'text'],
  ['k8s_whoami', []],
  ['k8s_get', {}],
  ['k8s_get', { resource_type: ' ', name: 'web' }],
  ['k8s_describe', { name: 'web' }],
  ['k8s_explain', { field: 'spec' }],
  ['k8s_exec', { command: 'ls' }],
  ['k8s_exec', { pod_name: 'web-1' }],
  ['wait_for_x_seconds', { seconds: '5' }],
  ['load_toolset', {}],
])('%s of %j has no words of its own', (tool, args) => {
  expect(readTitle({ tool, args })).toBeUndefined()
})

const writing = new RegExp(
  [
    '^k8s_(?:apply|cordon|uncordon|delete|drain|patch|port_forward|revert|rollout_(?:restart|undo)|run_pod|scale|set_image|debug|check_connectivity)$',
    '^helm_(?:repo_(?:add|update|remove)|install|install_with_values|upgrade|uninstall|rollback|test)$',
    '^argo_(?:promote|(?:pause|resume|abort|retry)_rollout|set_image|rollout_restart|undo|terminate_analysis|skip_step|cd_sync_app)$',
    '^jenkins_(?:trigger_build|update_build|stop_build|cancel_queue_item)$',
  ].join('|'),
)

test('every tool of ours that only reads has its words', () => {
  const args = {
    resource_type: 'pods',
    name: 'web',
    pod_name: 'web',
    node_name: 'node-1',
    command: 'ls',
    seconds: 1,
    toolset: 'k8s',
    query: 'up',
    release_name: 'web',
    chart: 'shop/web',
    keyword: 'web',
    jobFullName: 'shop/web',
  }
  for (const tool of Object.keys(pinned)) {
    if (!writing.test(tool)) expect(readTitle({ tool, args }), tool).toEqual(expect.any(String))
  }
})
