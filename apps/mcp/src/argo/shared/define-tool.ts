import type { KubeContext } from '../../kube/kube-context.ts'
import { toolDefiner } from '../../tool/define-tool.ts'

/** Defines a tool about Argo Rollouts, whose objects are objects of a cluster. */
export const defineTool = toolDefiner<KubeContext>('kube')
