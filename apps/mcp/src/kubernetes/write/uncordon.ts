import { z } from 'zod'
import { defineTool } from '../shared/define-tool.ts'
import { nodeName } from '../shared/params.ts'
import { planSchedulable } from '../shared/plan/plan-schedulable.ts'

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
