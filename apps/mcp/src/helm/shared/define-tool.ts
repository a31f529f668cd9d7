import type { HelmContext } from '../../helm-cli/helm-context.ts'
import { toolDefiner } from '../../tool/define-tool.ts'

/** Defines a tool about releases and charts. */
export const defineTool = toolDefiner<HelmContext>('helm')
