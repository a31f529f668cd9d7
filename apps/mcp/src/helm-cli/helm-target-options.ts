import type { Cluster } from '../kube/cluster.ts'
import type { TargetSystem } from '../target/target-system.ts'
import type { HelmClient } from './helm-client.ts'
import type { HelmContext } from './helm-context.ts'

export type HelmTargetOptions = {
  cluster: Cluster
  /** The cluster that releases are kept in, as this caller: what it says of itself and of objects holds here, too. */
  kubeTarget: Pick<TargetSystem, 'heading' | 'requireNamed' | 'pins' | 'undoHere' | 'verify'>
  helm: HelmClient
  context: Pick<HelmContext, 'kube' | 'settings' | 'signal' | 'readingTurn' | 'progress'>
}
