import { z } from 'zod'
import { defineTool, type ToolResult } from '../define-tool.ts'
import { apiVersionOf } from '../kube/api-resource.ts'
import type { Kube } from '../kube/kube.ts'
import { redactObject } from '../output/redact.ts'
import type { ToolContext } from '../tool-context.ts'
import { namedProxyUrl } from './cluster-info/proxy-url.ts'
import { fields, type Lines, partOf, section, tableSection } from './describe/report.ts'
import { isReadyNode, mostNodes, rolesOf } from './nodes.ts'
import { readIdentity } from './read-identity.ts'

export const k8sClusterInfo = defineTool({
  name: 'k8s_cluster_info',
  title: 'Get Kubernetes Cluster Information',
  description: 'Show server, version, user, nodes, cluster services and which optional APIs there are.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({}),
  async run(_, { kube }: ToolContext): Promise<ToolResult> {
    const parts = await Promise.all([
      partOf('Version', version(kube)),
      partOf('User', user(kube)),
      partOf('Nodes', nodes(kube)),
      partOf('Cluster services', services(kube)),
      partOf('Optional APIs', optionalApis(kube)),
    ])
    const head = fields([
      ['Server', kube.server],
      ['Context', kube.cluster],
    ])
    return { output: [...head, ...parts.flat()].join('\n') }
  },
})

async function version(kube: Kube): Promise<Lines> {
  const { gitVersion, platform } = await kube.get<{ gitVersion: string; platform: string }>('/version')
  return [`Version: ${gitVersion} (${platform})`]
}

async function user(kube: Kube): Promise<Lines> {
  const { username, groups = [] } = await readIdentity(kube)
  return [`User: ${username} (groups: ${groups.join(', ')})`]
}

async function nodes(kube: Kube): Promise<Lines> {
  const { items } = await kube.list(await kube.resolve('nodes.v1.'), { atMost: mostNodes })
  const byRoles = Map.groupBy(items, (node) => rolesOf(node).toSorted().join(',') || '<none>')
  const rows = [...byRoles].map(([roles, those]) => [roles, those.length, those.filter(isReadyNode).length])
  return rows.length === 0 ? ['Nodes: <none>'] : tableSection('Nodes', ['ROLES', 'NODES', 'READY'], rows)
}

async function services(kube: Kube): Promise<Lines> {
  const { items } = await kube.list(await kube.resolve('services.v1.'), {
    namespace: 'kube-system',
    labelSelector: 'kubernetes.io/cluster-service=true',
  })
  if (items.length === 0) return ['Cluster services: <none>']
  return section('Cluster services', fields(redactObject(items).map((service) => namedProxyUrl(service, kube.server))))
}

const optional = [
  { title: 'Metrics', group: 'metrics.k8s.io', plural: 'pods' },
  { title: 'Argo Rollouts', group: 'argoproj.io', plural: 'rollouts' },
]

async function optionalApis(kube: Kube): Promise<Lines> {
  const served = await kube.resources()
  const found = optional.map(({ title, group, plural }) => {
    const resource = served.find((each) => each.group === group && each.plural === plural)
    return [title, resource === undefined ? 'not installed' : apiVersionOf(resource)] as const
  })
  return section('Optional APIs', fields(found))
}
