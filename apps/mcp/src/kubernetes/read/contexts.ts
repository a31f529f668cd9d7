import { z } from 'zod'
import type { ConfiguredCluster, KubeContext } from '../../kube/kube-context.ts'
import { redactText } from '../../output/redact.ts'
import { alignTable } from '../../output/table.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'

/** A cluster that is away must not keep the others from being told of. */
const PATIENCE_MS = 5_000

export const k8sContexts = defineTool({
  name: 'k8s_contexts',
  title: 'List Kubernetes Contexts',
  description: 'List the clusters that context can name, with version and whether they answer.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  needs: 'several-clusters',
  input: z.object({}),
  async run(_, { clusters }: KubeContext): Promise<ToolResult> {
    const rows = await Promise.all(clusters.map(rowOf))
    const columns = ['CURRENT', 'NAME', 'SERVER', 'VERSION', 'REACHABLE'] as const
    return {
      output: alignTable(
        columns,
        rows.map((row) => columns.map((column) => row[column])),
      ).join('\n'),
      data: { rows },
      total_items: rows.length,
      returned_items: rows.length,
    }
  },
})

async function rowOf({ name, server, isDefault, kube }: ConfiguredCluster) {
  return { CURRENT: isDefault ? '*' : '', NAME: name, SERVER: redactText(server), ...(await answerOf(kube())) }
}

async function answerOf(kube: KubeContext['kube']): Promise<{ VERSION: string; REACHABLE: string }> {
  try {
    const { gitVersion } = await kube.get<{ gitVersion: string }>('/version', {
      signal: AbortSignal.timeout(PATIENCE_MS),
      timeoutMs: PATIENCE_MS,
    })
    return { VERSION: redactText(gitVersion), REACHABLE: 'yes' }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    const answered = error.code === 'Unauthorized' || error.code === 'Forbidden'
    return { VERSION: '<unknown>', REACHABLE: `${answered ? 'yes' : 'no'}, ${redactText(error.text)}` }
  }
}
