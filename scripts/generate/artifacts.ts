import type { Artifact } from './artifact.ts'
import { contractReference } from './contract-reference.ts'
import { kubernetesApi } from './kubernetes-api/kubernetes-api.ts'
import { pinnedTools } from './pinned-tools.ts'
import { recordedRuns } from './recorded-runs.ts'
import { toolList } from './tool-list.ts'
import { toolReference } from './tool-reference.ts'

/** Every generated file. The snapshots of the migrations come with each migration: `npm run migration:new`. */
export const artifacts: readonly Artifact[] = [
  pinnedTools,
  toolList,
  toolReference,
  ...contractReference,
  recordedRuns,
  kubernetesApi,
]
