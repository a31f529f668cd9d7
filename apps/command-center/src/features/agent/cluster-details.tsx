import type { ClusterFacts } from '@fairlead/contract/endpoints/agent'
import { Badge } from '../../ui/badge.tsx'

/** All that is known of the clusters that the tools act on. */
export function ClusterDetails({ clusters }: { clusters: readonly ClusterFacts[] }) {
  return (
    <ul className="flex flex-col gap-3">
      {clusters.map((it) => (
        <li key={it.context}>
          <OneCluster cluster={it} />
        </li>
      ))}
    </ul>
  )
}

function OneCluster({ cluster }: { cluster: ClusterFacts }) {
  const facts: [string, string | number | null][] = [
    ['Namespace', cluster.current_namespace],
    ['Acts as', cluster.identity],
    ['Server', cluster.server],
    ['Version', cluster.version],
    ['Nodes', cluster.nodes],
    ['Namespaces', cluster.namespaces],
  ]
  return (
    <>
      <p className="mb-1.5 flex items-center gap-2 font-medium wrap-anywhere">
        {cluster.context}
        {cluster.sandbox && <Badge>sandbox</Badge>}
        {!cluster.reachable && <Badge tone="loss">no answer</Badge>}
      </p>
      <dl className="grid grid-cols-[max-content_1fr] gap-x-3.5 gap-y-0.5">
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name} className="col-span-2 grid grid-cols-subgrid">
              <dt className="text-ink-3">{name}</dt>
              <dd className="text-ink-2 wrap-anywhere">{value}</dd>
            </div>
          ),
        )}
      </dl>
    </>
  )
}
