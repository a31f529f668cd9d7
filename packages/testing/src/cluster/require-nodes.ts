import { MissingPart } from '../servers/missing-part.ts'
import type { ApiServerAddress } from './api-server-address.ts'
import { howToComplete } from './kubernetes-assets.ts'

/** For what needs pods that run: throws MissingPart where the cluster has no nodes. */
export function requireNodes({ hasNodes }: Pick<ApiServerAddress, 'hasNodes'>): void {
  if (!hasNodes) throw new MissingPart('kwok with its manifests (simulated nodes)', howToComplete)
}
