import { z } from 'zod'
import { optional } from '../../input/parameter.ts'
import { bool } from '../../input/reader.ts'
import { showTable } from '../../output/show-table.ts'
import { applicationNamespace, asApplication, sourceText } from '../shared/application.ts'
import { argoResource } from '../shared/argo-resource.ts'
import { defineTool } from '../shared/define-tool.ts'

const columns = ['NAME', 'PROJECT', 'SYNC', 'HEALTH', 'LAST SYNC', 'DESTINATION', 'SOURCE'] as const

export const argoCdListApps = defineTool({
  name: 'argo_cd_list_apps',
  title: 'List Argo CD Applications',
  description: 'List Applications of Argo CD with sync and health. For one of them use argo_cd_get_app.',
  group: 'argocd',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({
    namespace: applicationNamespace,
    all_namespaces: optional('all_namespaces', bool, false),
  }),
  async run({ namespace: chosen, all_namespaces }, context) {
    const { kube } = context
    const resource = await argoResource(kube, 'Application')
    const namespace = all_namespaces ? undefined : chosen
    const { items, metadata } = await kube.list(resource, { namespace })
    const rows = items.map(asApplication).map((application) => {
      const { spec, status } = application
      const { namespace: into = '', name, server = '' } = spec.destination ?? {}
      return [
        ...(all_namespaces ? [application.metadata.namespace ?? ''] : []),
        application.metadata.name,
        spec.project ?? 'default',
        status.sync?.status ?? 'Unknown',
        status.health?.status ?? 'Unknown',
        status.operationState?.phase ?? '-',
        `${name ?? server}/${into}`,
        sourceText(application),
      ]
    })
    const header = [...(all_namespaces ? ['NAMESPACE'] : []), ...columns]
    return showTable({ header, rows, noun: 'Applications', namespace, hasMore: Boolean(metadata.continue) }, context)
  },
})
