import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from '@fairlead/service-kit/logger'
import { applicationRules } from '../argo/application-rules.ts'
import { rolloutRules } from '../argo/rollout-rules.ts'
import type { CallDependencies } from '../call/answer-call.ts'
import { type AdmissionLimits, createAdmission } from '../call/concurrency.ts'
import { countRunning } from '../call/count-running.ts'
import { type Config, isLoopbackHost, isLoopbackUrl } from '../config.ts'
import { createConfirmation } from '../gate/confirm/confirm.ts'
import { createGrantChecker } from '../gate/grant/check-grant.ts'
import { createIdentityReader } from '../gate/grant/identity.ts'
import { connectLeaseUsedGrants } from '../gate/grant/lease-used-grants.ts'
import { createMemoryUsedGrants } from '../gate/grant/memory-used-grants.ts'
import { keysFromFile, keysFromUrl, type PublicKeys } from '../gate/grant/public-keys.ts'
import { connectRedisUsedGrants } from '../gate/grant/redis-used-grants.ts'
import { rememberUsedGrants } from '../gate/grant/remembering-used-grants.ts'
import { REMEMBER_SECONDS, type UsedGrants } from '../gate/grant/used-grants.ts'
import { createHelmProgram, type HelmProgram } from '../helm-cli/helm-client.ts'
import { helmState } from '../helm-cli/helm-version.ts'
import { createCredentialReader } from '../jenkins-http/credentials.ts'
import { type Cluster, connectCluster } from '../kube/cluster.ts'
import { type Clusters, createClusters } from '../kube/clusters.ts'
import { followKubeconfig } from '../kube/login/follow-kubeconfig.ts'
import { userOf } from '../kube/login/kubeconfig.ts'
import { type Loaded, loadKubeconfig } from '../kube/login/load-kubeconfig.ts'
import { findOwnWorkload, type OwnWorkload } from '../kube/own-workload.ts'
import { createForwards, type Forwards } from '../kube/pod-streams/forward-ports.ts'
import { ConfigError } from '../tool/config-error.ts'
import type { ToolSettings } from '../tool/tool-context.ts'
import { openTransport } from '../transport/open-transport.ts'
import { createReadiness } from '../transport/readiness.ts'
import { observeCalls } from './observe-calls.ts'
import { requireRight } from './require-right.ts'
import { createSurface } from './surface.ts'

export type StartOptions = {
  /** Ends the server as `close` does. */
  signal: AbortSignal
  log: Logger
  /** How long one write waits for its answer before its outcome counts as unknown; for tests. Default 30 s. */
  writeTimeoutMs?: number
  /** How long a user has to confirm, in seconds; for tests. Default 600. */
  confirmSeconds?: number
  /** After so long an event stream in which nothing was said carries a comment; for tests. Default 15 s. */
  commentMs?: number
  /** Folder of the pod's service account; for tests. Default where a pod has it. */
  serviceAccount?: string
}

export type RunningMcp = {
  /** Ends with `/mcp`; undefined over stdio. */
  url: string | undefined
  /** No new calls, ten seconds for those that run, then they are cancelled. */
  close(): Promise<void>
  /** Takes over what a running server can of these settings: the level of the log, the tools, denied kinds, the length of answers. */
  reload(config: Config): void
  /** Resolves when the server has ended, by `close`, the signal, or the end of stdin. */
  ended: Promise<void>
}

const CALLS: AdmissionLimits = { atOnce: 32, each: 8, waiting: 64 }
/** One that is made to be hard to read takes a processor and some hundred MB for seconds. */
const LONG_TEXTS: AdmissionLimits = { atOnce: 2, each: 1, waiting: CALLS.atOnce }
const DRAIN_MS = 10_000
/** A readiness check that hangs counts as a server that is not ready. */
const HELM_PROBE_MS = 2_000
/** Well under the 300 s after which clients give up. */
const COMMENT_MS = 15_000
/** A helm that is told to end has ten seconds to close its record. */
const LAST_ANSWERS_MS = 11_000

/**
 * Builds the tool server from its settings and starts it. Rejects with ConfigError (exit code 2, one sentence) where
 * settings do not fit what is there: a keys file, the rights of the account, a cluster.
 */
export async function startMcp(config: Config, options: StartOptions): Promise<RunningMcp> {
  const { log } = options
  for (const name of config.ignored) log.warn(`${name} is ignored: reads are tried twice, writes never again`)
  const redactionKey = await redactionKeyOf(config)
  const { logins, broken, self, read } = await loadKubeconfig(config, options)
  if (broken.length > 0) log.warn({ contexts: broken }, 'contexts of the kubeconfig without a cluster are left out')
  requireOwnLogins(config, logins)
  const clusters = createClusters(connectAll({ logins, read }, log), config)
  const { cluster } = clusters.default
  try {
    if (self !== undefined && config.credentialsNamespace === self.namespace) {
      throw new ConfigError("INTEGRATIONS_SECRET_NAMESPACE must not be the server's own namespace.")
    }
    const keys = await keysOf(config, log)
    for (const each of clusters.all) await requireRights(config, each.cluster)
    const used = await usedGrantsOf(config, { cluster, log, ownNamespace: self?.namespace })
    warnOfGaps(config, { log, redactionKey })
    const itself = self && { ...self, ...(await ownWorkloadOf(cluster, log)) }
    const helm = await helmOf(config)
    return await serve(config, { ...options, clusters, keys, used, redactionKey, helm, self: itself })
  } catch (fault) {
    await closeAll(clusters)
    throw fault
  }
}

/** A request can act as one user only: a login that already impersonates cannot act as the user of each call. */
function requireOwnLogins({ identity }: Config, logins: Loaded['logins']): void {
  if (identity !== 'impersonate') return
  for (const { config } of logins) {
    const user = userOf(config)
    if (!user?.impersonateUser) continue
    throw new ConfigError(
      `MCP_IDENTITY=impersonate needs a login of its own: the user "${user.name}" of the kubeconfig acts as "${user.impersonateUser}" already; take \`as\` from it, or set MCP_IDENTITY=server.`,
    )
  }
}

function connectAll({ logins, read }: Pick<Loaded, 'logins' | 'read'>, log: Logger): Cluster[] {
  const report = (fault: string) => log.error(`kubeconfig: ${fault}`)
  return logins.map(({ name, config }) =>
    connectCluster(config, { name, read: followKubeconfig(config, { read, report }) }),
  )
}

async function closeAll({ all }: Clusters): Promise<void> {
  await Promise.all(all.map(({ cluster }) => cluster.close()))
}

type Parts = StartOptions & {
  clusters: Clusters
  keys: PublicKeys | undefined
  used: UsedGrants
  redactionKey: Uint8Array | undefined
  helm: HelmProgram
  self: ToolSettings['self']
}

async function serve(config: Config, parts: Parts): Promise<RunningMcp> {
  const { log, clusters, keys, used } = parts
  const stopping = new AbortController()
  const forwards = createForwards((fault) => log.warn(`port forward: ${fault}`))
  const surface = createSurface(config, callDependencies(config, { ...parts, stopping: stopping.signal, forwards }))
  const observed = await observeCalls(surface.answer, config, log)
  const running = countRunning(observed.answer)
  const transport = await openTransport(
    { ...config, needsToken: config.identity === 'passthrough' },
    {
      app: config.app,
      tools: surface.tools,
      answer: running.answer,
      metrics: observed.metrics,
      commentMs: parts.commentMs ?? COMMENT_MS,
      answerMs: 1_000 * (parts.confirmSeconds ?? REMEMBER_SECONDS),
      readiness: createReadiness({
        clusters,
        isClosing: running.isClosing,
        helm: async () =>
          surface.tools.current().some(({ name }) => name.startsWith('helm_'))
            ? helmState(() => parts.helm.version(AbortSignal.timeout(HELM_PROBE_MS)))
            : undefined,
        gate: () => ({
          mode: config.mode,
          identity: config.identity,
          grant_store: config.store.kind,
          keys: keys?.kids() ?? [],
          exec_read_allowlist: config.execReadAllowlist,
        }),
      }),
      onError: (fault) => log.debug({ err: fault }, 'protocol'),
    },
  )

  const { promise: ended, resolve } = Promise.withResolvers<void>()
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= (async () => {
      await running.drain(DRAIN_MS)
      stopping.abort(new DOMException('The server stops', 'AbortError'))
      // Those that were cancelled still answer.
      await running.drain(LAST_ANSWERS_MS)
      await transport.close()
      await observed.close()
      await forwards.close()
      await used.close()
      if (!parts.helm.isPersistent) await rm(parts.helm.settings.home, { recursive: true, force: true })
      await closeAll(clusters)
      resolve()
    })()
    return closing
  }
  parts.signal.addEventListener('abort', () => void close(), { once: true })
  transport.ended?.then(close, close)
  log.info(
    { url: transport.url, mode: config.mode, identity: config.identity, tools: surface.tools.current().length },
    'ready',
  )
  return { url: transport.url, close, reload: surface.reload, ended }
}

function callDependencies(
  config: Config,
  parts: Parts & { stopping: AbortSignal; forwards: Forwards },
): Omit<CallDependencies, 'tools'> {
  const { clusters, keys, used, redactionKey, stopping, forwards } = parts
  return {
    mode: config.mode,
    actsAs: config.identity,
    clusters,
    settings: settingsOf(config, parts),
    scope: {
      allowed: config.namespaces && new Set(config.namespaces),
      hidden: config.credentialsNamespace,
      denied: config.deniedKinds,
    },
    readIdentity: keys && createIdentityReader({ keys, audience: config.audience }),
    checkGrant: createGrantChecker({ keys, used, audience: config.audience }),
    confirmation: createConfirmation({ redactionKey, used, seconds: parts.confirmSeconds }),
    admit: createAdmission(CALLS),
    admitReading: createAdmission(LONG_TEXTS),
    log: parts.log,
    stopping,
    writeTimeoutMs: parts.writeTimeoutMs ?? 30_000,
    forwards: config.transport === 'stdio' ? forwards : undefined,
    workloads: [rolloutRules, applicationRules],
    helm: parts.helm,
    readCredentials: createCredentialReader(clusters.default.cluster, {
      ...config.jenkins,
      credentialsNamespace: config.credentialsNamespace,
    }),
  }
}

function settingsOf(config: Config, { redactionKey, self }: Parts): CallDependencies['settings'] {
  return {
    maxOutputChars: config.maxOutputChars,
    revealSecrets: config.revealSecrets,
    protectedNamespaces: new Set(config.protectedNamespaces),
    execReadAllowlist: config.execReadAllowlist,
    allowProtected: config.allowProtected,
    fieldManager: config.fieldManager,
    redactionKey,
    ...(self !== undefined && { self }),
    ...(config.credentialsNamespace !== undefined && { credentialsNamespace: config.credentialsNamespace }),
  }
}

/** Its folder goes with the process unless the operator names one. */
async function helmOf({ helm }: Config): Promise<HelmProgram> {
  const { home, driver, path, network, ...rules } = helm
  const own = home ?? (await mkdtemp(join(tmpdir(), 'fairlead-helm-home-')))
  return createHelmProgram({ settings: { path, home: own, driver, network }, rules, isPersistent: home !== undefined })
}

async function redactionKeyOf({ redactionKey }: Config): Promise<Uint8Array | undefined> {
  if (redactionKey === undefined) return undefined
  const text =
    'text' in redactionKey
      ? redactionKey.text
      : await readFile(redactionKey.file, 'utf8').catch((cause: Error) => {
          throw new ConfigError(`REDACTION_KEY_FILE cannot be read (${cause.message}).`, { cause })
        })
  const key = /^[A-Za-z0-9+/]+={0,2}$/.test(text.trim()) ? Buffer.from(text.trim(), 'base64') : Buffer.alloc(0)
  if (key.length < 32) throw new ConfigError('REDACTION_KEY must be at least 32 bytes in base64.')
  return key
}

async function keysOf({ keys }: Config, log: Logger): Promise<PublicKeys | undefined> {
  if (keys === undefined) return undefined
  const report = (fault: string) => log.error(`grant keys: ${fault}`)
  if ('url' in keys) return keysFromUrl(keys.url, report)
  try {
    return await keysFromFile(keys.file, report)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(`MCP_GRANT_PUBLIC_KEYS_FILE: ${keys.file} ${reason}.`, { cause })
  }
}

/** What is not found out is not protected, which somebody should know; no reason to refuse every call. */
async function ownWorkloadOf(cluster: Cluster, log: Logger): Promise<OwnWorkload> {
  try {
    return await findOwnWorkload(cluster)
  } catch (fault) {
    log.warn({ err: fault }, 'by what this server runs is not known: its Deployment and account are not protected')
    return {}
  }
}

async function requireRights({ identity }: Config, cluster: Cluster): Promise<void> {
  if (identity !== 'impersonate') return
  for (const resource of ['users', 'groups']) {
    const wanted = { setting: 'MCP_IDENTITY=impersonate', right: `impersonate ${resource}` }
    await requireRight(cluster, { verb: 'impersonate', group: '', resource }, wanted)
  }
}

async function usedGrantsOf(
  { store, mode, host, transport }: Config,
  { cluster, log, ownNamespace }: { cluster: Cluster; log: Logger; ownNamespace: string | undefined },
): Promise<UsedGrants> {
  const report = (fault: unknown) => log.error({ err: fault }, 'the store of used grants')
  const isOnLoopback = transport === 'stdio' || isLoopbackHost(host)
  if (mode === 'read-only' || store.kind === 'memory') return createMemoryUsedGrants({ isLoopback: isOnLoopback })
  if (store.kind === 'redis') {
    const isLoopback = isOnLoopback && isLoopbackUrl(store.url)
    return rememberUsedGrants(await connectRedisUsedGrants({ ...store, isLoopback, report }))
  }
  const namespace = store.namespace ?? ownNamespace
  if (namespace === undefined)
    throw new ConfigError('MCP_GRANT_STORE=kubernetes needs MCP_GRANT_NAMESPACE outside of a cluster.')
  const creation = { verb: 'create', group: 'coordination.k8s.io', resource: 'leases', namespace }
  const right = `create leases in MCP_GRANT_NAMESPACE (${namespace})`
  await requireRight(cluster, creation, { setting: 'MCP_GRANT_STORE=kubernetes', right })
  const isLoopback = isOnLoopback && isLoopbackUrl(cluster.server)
  return rememberUsedGrants(await connectLeaseUsedGrants({ cluster, namespace, isLoopback, report }))
}

function warnOfGaps(
  { mode, keys }: Config,
  { log, redactionKey }: { log: Logger; redactionKey: Uint8Array | undefined },
): void {
  if (mode === 'grant' && keys === undefined) log.warn('no grant keys are configured: every write will be refused')
  if (mode !== 'grant' && redactionKey === undefined) {
    log.warn('REDACTION_KEY is unset: hidden values have no hash, and a change of a Secret has no undo')
  }
}
