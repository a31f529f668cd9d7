import { z } from 'zod'
import { fields, section } from '../../output/report.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { defineTool } from '../shared/define-tool.ts'
import { readIdentity } from '../shared/read-identity.ts'

export const k8sWhoami = defineTool({
  name: 'k8s_whoami',
  title: 'Show Kubernetes Identity',
  description: 'Show as which user, with which groups, Kubernetes is asked. For its rights use k8s_can_i.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({}),
  async run(_, { kube }): Promise<ToolResult> {
    const { username, uid, groups = [], extra = {} } = await readIdentity(kube)
    const lines = [
      ...fields([
        ['User', username],
        ['UID', uid],
        ['Groups', groups],
      ]),
      ...section('Extra', fields(Object.entries(extra))),
    ]
    return { output: lines.join('\n'), data: { user: username, uid, groups, extra } }
  },
})
