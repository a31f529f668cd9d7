import { randomUUID } from 'node:crypto'
import type { KnownCluster, KnownClusters } from '@fairlead/agent/cluster-facts'
import { BUILTIN_SERVER } from '@fairlead/agent/propose-calls'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import { z } from 'zod'
import { identityMeta } from '../calls/identity-meta.ts'
import type { RunUser } from '../calls/run-user.ts'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import type { Grants } from '../grants/open-grants.ts'
import type { ToolServer } from '../mcp-client/connect-tools.ts'

const READ_MS = 10_000

export type ClusterPorts = {
  db: Db
  tools: ToolServer
  grants: Grants
  audience: string
  isSandbox: boolean
  now(): number
}

/** What is known of a cluster before it is read itself. */
type Context = {
  isCurrent: boolean
  context: string
  server: string | null
  version: string | null
  reachable: boolean
}

/** The one that a call without `context` goes to, before anything is known of it. */
const currentContext: Context = { isCurrent: true, context: 'default', server: null, version: null, reachable: true }

/**
 * Reads every cluster of the tool server, all at one time.
 * @param onCluster called with each as it comes
 */
export async function readClusters(
  ports: ClusterPorts,
  user: RunUser,
  onCluster: (cluster: KnownCluster) => void,
): Promise<KnownClusters> {
  const signal = AbortSignal.timeout(READ_MS)
  const trusted = await trustedAmong(ports.tools, signal).catch(() => undefined)
  if (trusted === undefined) return unreachable(ports)
  if (trusted.size === 0) return { clusters: [], isWhole: true }
  const read = await reader(ports, { user, trusted, signal })
  const readAndTell = async (context: Context, args: Record<string, unknown> = {}) => {
    const cluster = await readCluster(ports, { read, context, args })
    onCluster(cluster)
    return cluster
  }
  const [current, { contexts, others }] = await Promise.all([
    readAndTell(currentContext),
    read('k8s_contexts', {}).then(async (answer) => {
      const listed = contextsOf(answer)
      const rest = listed.filter(({ isCurrent }) => !isCurrent)
      return {
        contexts: listed,
        others: await Promise.all(rest.map((each) => readAndTell(each, { context: each.context }))),
      }
    }),
  ])
  const named = contexts.find(({ isCurrent }) => isCurrent)
  const first = named === undefined ? current : { ...current, context: named.context, server: named.server }
  return { clusters: [first, ...others], isWhole: true }
}

const readTools = ['k8s_get', 'k8s_cluster_info', 'k8s_contexts']

/** A server that nobody vouches for neither learns who asks nor is sent parameters of the release. */
async function trustedAmong(tools: ToolServer, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const listed = await tools.list(signal)
  const trusted = listed.filter(
    ({ name, pinned, server }) => readTools.includes(name) && pinned && server === BUILTIN_SERVER,
  )
  return new Set(trusted.map(({ name }) => name))
}

/** `data` of `k8s_cluster_info`; what may not be read is left out. */
const clusterInfo = z
  .object({
    server: z.string(),
    namespace: z.string(),
    version: z.string(),
    user: z.string(),
    nodes: z.int(),
    apis: z.record(z.string(), z.string().nullable()),
  })
  .partial()
  .catch({})

async function readCluster(
  { now, isSandbox }: ClusterPorts,
  { read, context, args }: { read: Read; context: Context; args: Record<string, unknown> },
): Promise<KnownCluster> {
  const { isCurrent: _, ...known } = context
  const unknown: KnownCluster = {
    ...unknownCluster,
    ...known,
    sandbox: isSandbox,
    read_at: new Date(now()).toISOString(),
  }
  if (!context.reachable) return unknown
  const names = { ...args, output: 'name' }
  const [info, namespaces, releases] = await Promise.all([
    read('k8s_cluster_info', args),
    read('k8s_get', { ...names, resource_type: 'namespaces' }),
    read('k8s_get', {
      ...names,
      resource_type: 'secrets',
      all_namespaces: true,
      label_selector: 'owner=helm',
      limit: 1,
    }),
  ])
  const answers = [info, namespaces, releases]
  const found = clusterInfo.parse(info?.data)
  const count = countOf(releases)
  return {
    ...unknown,
    context: answers.find((answer) => answer?.cluster !== undefined)?.cluster ?? context.context,
    server: found.server ?? context.server,
    version: found.version ?? context.version,
    reachable: answers.some((answer) => answer?.error === false),
    nodes: found.nodes ?? null,
    namespaces: countOf(namespaces),
    current_namespace: found.namespace ?? null,
    identity: found.user ?? null,
    argo_rollouts: found.apis === undefined ? null : typeof found.apis['Argo Rollouts'] === 'string',
    helm_releases: count === null ? null : count > 0,
  }
}

const unknownCluster = {
  context: 'default',
  server: null,
  version: null,
  reachable: false,
  nodes: null,
  namespaces: null,
  current_namespace: null,
  identity: null,
  argo_rollouts: null,
  helm_releases: null,
}

function unreachable({ now, isSandbox }: ClusterPorts): KnownClusters {
  const read_at = new Date(now()).toISOString()
  return { clusters: [{ ...unknownCluster, sandbox: isSandbox, read_at }], isWhole: true }
}

/** `data.rows` of `k8s_contexts`. */
const contextRows = z.object({
  rows: z.array(
    z.object({ CURRENT: z.string(), NAME: z.string(), SERVER: z.string(), VERSION: z.string(), REACHABLE: z.string() }),
  ),
})

/** The clusters that `context` can name; none where there is but one. */
function contextsOf(answer: ToolAnswer | undefined): Context[] {
  const { rows } = contextRows.safeParse(answer?.data).data ?? { rows: [] }
  return rows.map(({ CURRENT, NAME, SERVER, VERSION, REACHABLE }) => ({
    isCurrent: CURRENT !== '',
    context: NAME,
    server: SERVER,
    version: VERSION === '<unknown>' ? null : VERSION,
    reachable: REACHABLE.startsWith('yes'),
  }))
}

/** Lines of an answer in the form of names; null when there is none. */
function countOf(answer: ToolAnswer | undefined): number | null {
  if (answer === undefined || answer.error) return null
  return answer.total_items ?? answer.output.split('\n').filter((line) => /^[\w.-]+\/[\w.:-]+$/.test(line)).length
}

/** Undefined without an answer, and of a tool that is not of the release. */
type Read = (tool: string, args: Record<string, unknown>) => Promise<ToolAnswer | undefined>

/** Reads of the engine's own, each recorded like any other. */
async function reader(
  { db, tools, grants, audience }: ClusterPorts,
  { user, trusted, signal }: { user: RunUser; trusted: ReadonlySet<string>; signal: AbortSignal },
): Promise<Read> {
  const meta = await identityMeta({ grants, audience }, user)
  return async (tool, args) => {
    if (!trusted.has(tool)) return undefined
    const callId = `facts_${randomUUID().replaceAll('-', '')}`
    const answer = await tools.call({ name: tool, args, meta, callId, signal })
    const structured = answer.kind === 'answered' ? answer.structured : undefined
    const outcome = structured?.error === false ? 'succeeded' : 'failed'
    const result = answer.kind === 'answered' ? answer.text : answer.sentence
    await recordAudit(db, {
      actor: 'engine',
      user_id: user.id,
      call_id: callId,
      type: 'call.ended',
      data: { tool, class: 'read', args, outcome, result, why: 'cluster facts' },
    })
    return structured
  }
}
