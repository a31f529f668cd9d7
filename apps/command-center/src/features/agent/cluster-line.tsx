'use client'

import type { ClusterFacts } from '@fairlead/contract/endpoints/agent'
import { Badge } from '../../ui/badge.tsx'
import { cx } from '../../ui/cx.ts'
import { Skeleton } from '../../ui/loading/skeleton.tsx'
import { useLoaded } from '../../ui/loading/use-loaded.ts'
import { Popover } from '../../ui/overlay/popover.tsx'

/** What the tools act on, and as whom; all of it on click. */
export function ClusterLine({ clusters }: { clusters: readonly ClusterFacts[] }) {
  const [first] = clusters
  if (first === undefined) return null
  const isAlone = clusters.length === 1
  const allAnswer = clusters.every((it) => it.reachable)
  return (
    <Popover
      label={isAlone ? 'Cluster' : 'Clusters'}
      trigger={
        <button type="button" className={chip}>
          <i
            aria-hidden="true"
            className={cx('size-1.75 shrink-0 rounded-full', allAnswer ? 'bg-accent' : 'bg-loss')}
          />
          {isAlone ? (
            <OneCluster cluster={first} />
          ) : (
            <span className="font-medium text-ink">{clusters.length} clusters</span>
          )}
          {!allAnswer && <span className="text-loss">{isAlone ? 'no answer' : 'not all answer'}</span>}
        </button>
      }
    >
      <Details clusters={clusters} />
    </Popover>
  )
}

const loadDetails = () => import('./cluster-details.tsx').then((it) => it.ClusterDetails)

function Details({ clusters }: { clusters: readonly ClusterFacts[] }) {
  const ClusterDetails = useLoaded(loadDetails)
  return ClusterDetails === undefined ? <Skeleton className="h-40" /> : <ClusterDetails clusters={clusters} />
}

const chip =
  'inline-flex h-6.5 min-w-0 cursor-pointer items-center gap-1.75 rounded-full border border-line px-2.25 text-sm whitespace-nowrap text-ink-2 transition-colors duration-120 hover:border-line-strong aria-expanded:border-line-strong'

function OneCluster({ cluster }: { cluster: ClusterFacts }) {
  return (
    <>
      <span
        className={cx(
          'max-w-32 truncate font-medium text-ink sm:max-w-48',
          // Its mark says the same, and a phone has little room.
          cluster.sandbox && cluster.context === 'sandbox' && 'max-sm:sr-only',
        )}
      >
        {cluster.context}
      </span>
      {cluster.current_namespace !== null && (
        <span className="max-w-32 truncate max-sm:hidden">{cluster.current_namespace}</span>
      )}
      {cluster.identity !== null && (
        <span className="max-w-48 truncate text-ink-3 max-lg:hidden">as {shortIdentity(cluster.identity)}</span>
      )}
      {cluster.sandbox && <Badge>sandbox</Badge>}
    </>
  )
}

/** A service account is named by its namespace and name. */
export function shortIdentity(identity: string): string {
  return identity.replace(/^system:serviceaccount:([^:]+):([^:]+)$/, '$1/$2')
}
