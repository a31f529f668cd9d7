import { z } from 'zod'
import { defineTool } from '../shared/define-tool.ts'
import { nodeName } from '../shared/params.ts'
import { planSchedulable } from '../shared/plan/plan-schedulable.ts'

export const k8sCordon = defineTool({
  name: 'k8s_cordon',
  title: 'Cordon Kubernetes Node',
  description: 'Close a node to new pods; those on it stay. To move them away too use k8s_drain.',
  changes: 'add',
  idempotent: true,
  openWorld: false,
  input: z.object({ node_name: nodeName }),
  plan: ({ node_name }, context) => planSchedulable(node_name, false, context),
})
