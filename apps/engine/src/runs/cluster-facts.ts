import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KnownClusters } from '@fairlead/agent/cluster-facts'
import type { ClusterFacts } from '@fairlead/contract/endpoints/agent'
import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool-meta'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import type { Grants } from '../grants/open-grants.ts'
import type { ToolServer } from '../mcp-client/connect-tools.ts'
import type { RunUser } from './run-context.ts'

/** How old facts may be before they are read again. */
const FRESH_MS = 60_000
/** What a run waits for facts that nobody has read yet. */
const WAIT_MS = 300
const READ_MS = 10_000
const PEOPLE_REMEMBERED = 1000

export type ClusterFactsReader = {
  /** Facts as this user may read them; a run waits a moment at most, then they are unknown. */
  soon(user: RunUser): Promise<KnownClusters | undefined>
  /** The same, waited for. */
  read(user: RunUser): Promise<KnownClusters>
}

type Ports = { db: Db; tools: ToolServer; grants: Grants; audience: string; isSandbox: boolean; now(): number }
type Known = { value: KnownClusters | undefined; at: number; pending: Promise<KnownClusters> | undefined }

/** Reads what every client's header and every prompt says of the cluster, with read tools under the user's identity. */
export function createClusterFacts(ports: Ports): ClusterFactsReader {
  const known = new Map<string, Known>()

  function refresh(user: RunUser): { entry: Known; pending: Promise<KnownClusters> | undefined } {
    const key = JSON.stringify([user.email, user.groups])
    const entry: Known = known.get(key) ?? { value: undefined, at: 0, pending: undefined }
    known.set(key, entry)
    if (known.size > PEOPLE_REMEMBERED) known.delete(known.keys().next().value ?? '')
    if (ports.now() - entry.at >= FRESH_MS) {
      entry.pending ??= readFacts(ports, user)
        .then((value) => {
          entry.value = value
          entry.at = ports.now()
          return value
        })
        .finally(() => {
          entry.pending = undefined
        })
    }
    return { entry, pending: entry.pending }
  }

  return {
    soon: async (user) => {
      const { entry, pending } = refresh(user)
      // What cannot be read is unknown; the fault shows when the model itself reads.
      const read = pending?.catch(() => undefined)
      if (entry.value !== undefined || read === undefined) return entry.value
      return await Promise.race([read, sleep(WAIT_MS, undefined, { ref: false })])
    },
    read: async (user) => {
      const { entry, pending } = refresh(user)
      if (pending !== undefined) return await pending
      return entry.value ?? unreachable(ports)
    },
  }
}

async function readFacts(ports: Ports, user: RunUser): Promise<KnownClusters> {
  const signal = AbortSignal.timeout(READ_MS)
  const read = (args: Record<string, unknown>) => readList(ports, user, { ...args, output: 'name' }, signal)
  const [nodes, namespaces, pods, rollouts, releases] = await Promise.all([
    read({ resource_type: 'nodes' }),
    read({ resource_type: 'namespaces' }),
    read({ resource_type: 'pods', limit: 1 }),
    read({ resource_type: 'customresourcedefinitions.apiextensions.k8s.io', name: 'rollouts.argoproj.io' }),
    read({ resource_type: 'secrets', all_namespaces: true, label_selector: 'owner=helm', limit: 1 }),
  ])
  const answers = [nodes, namespaces, pods, rollouts, releases]
  const anyAnswer = answers.find((answer) => answer?.cluster !== undefined)
  if (anyAnswer === undefined) return unreachable(ports)
  const cluster: ClusterFacts = {
    ...unknownCluster,
    context: anyAnswer.cluster ?? unknownCluster.context,
    reachable: answers.some((answer) => answer?.error === false),
    nodes: countOf(nodes),
    namespaces: countOf(namespaces),
    current_namespace: pods?.namespace ?? null,
    sandbox: ports.isSandbox,
  }
  return {
    clusters: [cluster],
    helm: (countOf(releases) ?? 0) > 0,
    argo_rollouts: (countOf(rollouts) ?? 0) > 0,
    read_at: new Date(ports.now()).toISOString(),
  }
}

const unknownCluster: ClusterFacts = {
  context: 'default',
  server: null,
  version: null,
  reachable: false,
  nodes: null,
  namespaces: null,
  current_namespace: null,
  sandbox: false,
  identity: null,
}

function unreachable({ now, isSandbox }: Ports): KnownClusters {
  const clusters = [{ ...unknownCluster, sandbox: isSandbox }]
  return { clusters, helm: false, argo_rollouts: false, read_at: new Date(now()).toISOString() }
}

/** Lines of an answer in the form of names; null when there is none. */
function countOf(answer: ToolAnswer | undefined): number | null {
  if (answer === undefined || answer.error) return null
  return answer.total_items ?? answer.output.split('\n').filter((line) => /^[\w.-]+\/[\w.:-]+$/.test(line)).length
}

/** One read of the engine's own, recorded like any other. */
async function readList(
  { db, tools, grants, audience }: Ports,
  user: RunUser,
  args: Record<string, unknown>,
  signal: AbortSignal,
): Promise<ToolAnswer | undefined> {
  const callId = `facts_${randomUUID().replaceAll('-', '')}`
  const identity = await grants.signIdentity({ user: user.email, groups: user.groups, audience })
  const answer = await tools.call({ name: 'k8s_get', args, meta: { [metaKeys.identity]: identity }, callId, signal })
  const structured = answer.kind === 'answered' ? answer.structured : undefined
  const outcome = structured?.error === false ? 'succeeded' : 'failed'
  const result = answer.kind === 'answered' ? answer.text : answer.sentence
  await recordAudit(db, {
    actor: 'engine',
    user_id: user.id,
    call_id: callId,
    type: 'call.ended',
    data: { tool: 'k8s_get', class: 'read', args, outcome, result, why: 'cluster facts' },
  })
  return structured
}
