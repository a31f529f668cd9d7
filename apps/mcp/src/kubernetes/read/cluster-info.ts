import { z } from 'zod'
import type { KubeObject } from '../../effect/kube-object.ts'
import { apiVersionOf } from '../../kube/discovery/api-resource.ts'
import type { Kube } from '../../kube/kube.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { redactObject, redactText } from '../../output/redact.ts'
import { fields, type Lines, partOf, section, tableSection } from '../../output/report.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { defineTool } from '../shared/define-tool.ts'
import { isReadyNode, mostNodes, rolesOf } from '../shared/nodes.ts'
import { readIdentity, type UserInfo } from '../shared/read-identity.ts'
import { namedProxyUrl } from './cluster-info/proxy-url.ts'

export const k8sClusterInfo = defineTool({
  name: 'k8s_cluster_info',
  title: 'Get Kubernetes Cluster Information',
  description: 'Show server, version, user, nodes, cluster services and which optional APIs there are.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({}),
  async run(_, { kube, defaultNamespace, helmState }: KubeContext): Promise<ToolResult> {
    const version = kube.get<{ gitVersion: string; platform: string }>('/version')
    const user = readIdentity(kube)
    const nodes = readNodes(kube)
    const apis = readOptionalApis(kube)
    const parts = await Promise.all([
      partOf('Version', version.then(versionLines)),
      partOf('User', user.then(userLines)),
      partOf('Nodes', nodes.then(nodeLines)),
      partOf('Cluster services', services(kube)),
      partOf('Optional APIs', apis.then(apiLines)),
    ])
    const helm = await helmState()
    const head = fields([
      ['Server', kube.server],
      ['Context', kube.cluster],
    ])
    return {
      output: [...head, ...parts.flat(), ...fields([['Helm', helm]])].join('\n'),
      data: {
        server: redactText(kube.server),
        namespace: defaultNamespace,
        version: await unlessHidden(version.then(({ gitVersion }) => redactText(gitVersion))),
        helm,
        user: await unlessHidden(user.then(({ username }) => username)),
        nodes: await unlessHidden(nodes.then(({ length }) => length)),
        apis: await unlessHidden(apis.then(Object.fromEntries)),
      },
    }
  },
})

/** Of a part that stands: what else fails has ended the call. */
function unlessHidden<Value>(value: Promise<Value>): Promise<Value | undefined> {
  return value.catch(() => undefined)
}

function versionLines({ gitVersion, platform }: { gitVersion: string; platform: string }): Lines {
  return [`Version: ${gitVersion} (${platform})`]
}

function userLines({ username, groups = [] }: UserInfo): Lines {
  return [`User: ${username} (groups: ${groups.join(', ')})`]
}

async function readNodes(kube: Kube): Promise<readonly KubeObject[]> {
  return (await kube.list(await kube.resolve('nodes.v1.'), { atMost: mostNodes })).items
}

function nodeLines(items: readonly KubeObject[]): Lines {
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

type OptionalApi = readonly [title: string, version: string | null]

async function readOptionalApis(kube: Kube): Promise<readonly OptionalApi[]> {
  const served = await kube.resources()
  return optional.map(({ title, group, plural }) => {
    const resource = served.find((each) => each.group === group && each.plural === plural)
    return [title, resource === undefined ? null : apiVersionOf(resource)]
  })
}

function apiLines(found: readonly OptionalApi[]): Lines {
  return section('Optional APIs', fields(found.map(([title, version]) => [title, version ?? 'not installed'])))
}
