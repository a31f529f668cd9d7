import { z } from 'zod'
import { nodeName } from '../../input/object-params.ts'
import { planSchedulable } from '../../kube/plan/plan-schedulable.ts'
import { defineTool } from '../shared/define-tool.ts'

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
