import type { ApiServerAddress } from './api-server.ts'
import { MissingPart } from './missing-part.ts'

const how = 'Use the kit beside the repository, see README.md.'

/** For what needs pods that run: throws MissingPart where the cluster has no nodes. */
export function requireNodes({ hasNodes }: Pick<ApiServerAddress, 'hasNodes'>): void {
  if (!hasNodes) throw new MissingPart('Simulated nodes (kwok and its manifests)', how)
}
