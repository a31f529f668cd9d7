import { MissingPart } from '../servers/missing-part.ts'
import type { ApiServerAddress } from './api-server-address.ts'
import { howToComplete } from './kubernetes-assets.ts'

/** For Rollouts of Argo: throws MissingPart where the cluster has no controller for them. */
export function requireRollouts({ hasRollouts }: Pick<ApiServerAddress, 'hasRollouts'>): void {
  if (!hasRollouts) throw new MissingPart('rollouts-controller with its manifests (Argo Rollouts)', howToComplete)
}
