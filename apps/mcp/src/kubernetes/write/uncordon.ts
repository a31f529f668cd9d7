import { z } from 'zod'
import { nodeName } from '../../input/object-params.ts'
import { planSchedulable } from '../../kube/plan/plan-schedulable.ts'
import { defineTool } from '../shared/define-tool.ts'

export const k8sUncordon = defineTool({
  name: 'k8s_uncordon',
  title: 'Uncordon Kubernetes Node',
  description: 'Open a cordoned node to new pods again.',
  changes: 'add',
  idempotent: true,
  openWorld: false,
  input: z.object({ node_name: nodeName }),
  plan: ({ node_name }, context) => planSchedulable(node_name, true, context),
})
