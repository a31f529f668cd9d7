import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { nodeOf } from '../../fixtures/tools/named-objects.fixture.ts'
import { letters } from '../../fixtures/tools/sentences.fixture.ts'
import { k8sUncordon } from './uncordon.ts'

describeTool(k8sUncordon, {
  minimal: { node_name: 'node-1' },
  good: ({ closedNode }) => ({ node_name: closedNode }),
  names: nodeOf,
  bad: [
    ['required', { node_name: null }, 'node_name is required.'],
    ['name', { node_name: 'a/b' }, `node_name "a/b" is not a name. ${letters}`],
  ],
})
