import type { KubeContext } from '../../kube/kube-context.ts'
import { toolDefiner } from '../../tool/define-tool.ts'

/** Defines a tool about the API of a cluster. */
export const defineTool = toolDefiner<KubeContext>('kube')
