import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { k8sTopPods } from './top-pods.ts'

describeTool(k8sTopPods, {
  minimal: {},
  good: ({ namespace }) => ({ namespace }),
  bad: [
    ['name', { pod_name: 'a/b' }, `pod_name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['all namespaces', { namespace: 'a', all_namespaces: true }, 'namespace and all_namespaces exclude each other.'],
    ['selector', { pod_name: 'a', label_selector: 'b' }, 'pod_name and label_selector exclude each other.'],
    ['choice', { sort_by: 'name' }, 'sort_by "name" is not one of cpu, memory.'],
  ],
})
