import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { letters } from '../../fixtures/tools/sentences.fixture.ts'
import { k8sTopNodes } from './top-nodes.ts'

describeTool(k8sTopNodes, {
  minimal: {},
  good: ({ openNode }) => ({ node_name: openNode }),
  bad: [
    ['name', { node_name: '../x' }, `node_name "../x" is not a name. ${letters}`],
    ['selector', { node_name: 'a', label_selector: 'b' }, 'node_name and label_selector exclude each other.'],
  ],
})
