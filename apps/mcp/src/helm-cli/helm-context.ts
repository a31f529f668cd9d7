import type { KubeContext } from '../kube/kube-context.ts'
import type { FetchedChart } from './fetch-chart.ts'
import type { HelmVersion } from './helm-version.ts'
import type { ReleaseRecords } from './release-records.ts'
import type { HelmEnd } from './run-helm.ts'

/** Helm as a tool sees it, for one call: it can read, fetch and render. It has no way to change a release. */
export type Helm = {
  readonly records: ReleaseRecords
  /** Throws `NotInstalled` where helm is not there or too old. */
  version(): Promise<HelmVersion>
  /** The chart repositories of this replica, URL by name. */
  repositories(): Promise<ReadonlyMap<string, string>>
  /** Whether repositories outlive this process. */
  readonly isPersistent: boolean
  /** Throws `Refused` for a source that the operator does not allow. */
  requireAllowed(reference: string): Promise<void>
  /** The same, and fetches it; what it gives is there until the call ends. */
  fetchChart(chart: string, version: string | null): Promise<FetchedChart>
  /** Runs a verb that needs no cluster. */
  run(command: HelmCommand): Promise<HelmEnd>
  /** Runs a verb whose dry run asks the cluster; nothing that it would write reaches it. */
  dryRun(command: HelmCommand): Promise<HelmEnd>
}

export type HelmCommand = {
  /** The verb and its flags, each `--flag=value`. */
  args: readonly string[]
  operands: readonly string[]
  /** For `--values=-`. */
  stdin?: string
}

/** What a tool about releases and charts sees beside its arguments. */
export type HelmContext = KubeContext & { helm: Helm }
