import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Caller } from '../kube/caller.ts'
import type { Cluster } from '../kube/cluster.ts'
import { baseUserAgent, type Kube } from '../kube/kube.ts'
import { guardPath, type NamespaceScope } from '../kube/namespace-scope.ts'
import { type ChartSourceRules, requireAllowedSource } from './chart-sources.ts'
import { fetchChart } from './fetch-chart.ts'
import { type ForwardRule, previewRule } from './forward-rules.ts'
import { type Forwarder, startForwarder } from './forwarder.ts'
import type { Helm, HelmCommand } from './helm-context.ts'
import { createVersionReader } from './helm-version.ts'
import { createReleaseRecords } from './release-records.ts'
import { readRepositories } from './repositories.ts'
import { createHelmRunner, type HelmEnd, type HelmSettings, type RunHelm } from './run-helm.ts'

/** What lives as long as the process. */
export type HelmProgram = {
  settings: HelmSettings
  rules: ChartSourceRules
  isPersistent: boolean
  run: RunHelm
  version: ReturnType<typeof createVersionReader>
}

export function createHelmProgram(options: Pick<HelmProgram, 'settings' | 'rules' | 'isPersistent'>): HelmProgram {
  const run = createHelmRunner(options.settings)
  return { ...options, run, version: createVersionReader(run) }
}

export type HelmClientOptions = {
  program: HelmProgram
  cluster: Cluster
  caller: Caller
  kube: Kube
  scope: NamespaceScope
  signal: AbortSignal
}

/** A run against the cluster, and what came of its requests. */
export type ClusterRun = { end: HelmEnd } & Pick<Forwarder, 'writes' | 'refusal' | 'permitError'>

export type HelmClient = Helm & {
  /** Runs a verb whose requests to the cluster are judged by `rule`. */
  runInCluster(
    command: HelmCommand,
    how: {
      rule: ForwardRule
      userAgent: string
      requireTime?: () => void
      progress?: (stream: 'stdout' | 'stderr', text: string) => void
    },
  ): Promise<ClusterRun>
}

/** For one call: its folder, with charts and the kubeconfig of the forwarder, goes with the call's signal. */
export function createHelmClient({ program, cluster, caller, kube, scope, signal }: HelmClientOptions): HelmClient {
  const { settings, rules, run, version, isPersistent } = program
  let folder: Promise<string> | undefined
  const callFolder = (): Promise<string> => {
    folder ??= mkdtemp(join(tmpdir(), 'fairlead-helm-call-')).then((path) => {
      const remove = () => void rm(path, { recursive: true, force: true })
      if (signal.aborted) remove()
      else signal.addEventListener('abort', remove, { once: true })
      return path
    })
    return folder
  }
  const emptyFolder = async (): Promise<string> => {
    const path = await mkdtemp(join(await callFolder(), 'chart-'))
    await mkdir(path, { recursive: true })
    return path
  }
  const requireAllowed = async (reference: string) =>
    requireAllowedSource(reference, rules, await readRepositories(settings.home))
  const runInCluster: HelmClient['runInCluster'] = async (command, { rule, userAgent, requireTime, progress }) => {
    await version(signal)
    const guard = (path: string, fieldSelector: string) => guardPath(path, scope, () => kube.resources(), fieldSelector)
    await using forwarder: Forwarder = await startForwarder({
      cluster,
      caller,
      userAgent,
      rule,
      guard,
      requireTime,
    })
    const kubeconfig = join(await emptyFolder(), 'config')
    await writeFile(kubeconfig, kubeconfigFor(forwarder.url), { mode: 0o600 })
    const end = await run({ ...command, kubeconfig, signal, progress })
    const { writes, refusal, permitError } = forwarder
    return { end, writes, refusal, permitError }
  }
  return {
    records: createReleaseRecords(kube, settings.driver),
    version: () => version(signal),
    repositories: () => readRepositories(settings.home),
    isPersistent,
    requireAllowed,
    async fetchChart(chart, chosen) {
      await version(signal)
      await requireAllowed(chart)
      return fetchChart(chart, { version: chosen, folder: await emptyFolder(), run, signal })
    },
    async run(command) {
      await version(signal)
      return run({ ...command, signal })
    },
    async dryRun(command) {
      const { end } = await runInCluster(command, { rule: previewRule, userAgent: `${baseUserAgent} preview` })
      return end
    },
    runInCluster,
  }
}

/** Names the forwarder and nobody: there is nothing in it to be stolen. */
function kubeconfigFor(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'forwarder', cluster: { server } }],
    users: [{ name: 'nobody', user: {} }],
    contexts: [{ name: 'forwarder', context: { cluster: 'forwarder', user: 'nobody' } }],
    'current-context': 'forwarder',
  })
}
