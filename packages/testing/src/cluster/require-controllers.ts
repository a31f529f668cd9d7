import { MissingPart } from '../servers/missing-part.ts'
import type { ApiServerAddress } from './api-server-address.ts'
import { howToComplete } from './kubernetes-assets.ts'

/** For what controllers do (ReplicaSets, statuses, what is deleted with its owner): throws MissingPart without them. */
export function requireControllers({ hasController }: Pick<ApiServerAddress, 'hasController'>): void {
  if (!hasController) throw new MissingPart('kube-controller-manager', howToComplete)
}
