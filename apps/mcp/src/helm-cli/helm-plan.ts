import type { KubeObject } from '../effect/kube-object.ts'
import type { Target } from '../kube/discovery/api-resource.ts'
import type { ObjectPlan, Plan } from '../target/plan.ts'
import type { RenderedObject } from './generated-values.ts'
import type { HelmCommand } from './helm-context.ts'

export type HelmPlan = Plan<HelmObjectPlan>

/** A part of what one run of helm does. All objects of a plan have the same act: it is carried out once. */
export type HelmObjectPlan = ObjectPlan & {
  act: HelmAct
  /** Of an object of the cluster whose type it serves. */
  target?: Target
  /** A hook that helm deletes once it has run. */
  isTakenBack?: boolean
}

export type HelmAct = ReleaseAct | RepositoryAct

export type ReleaseAct = HelmCommand & {
  what: 'release'
  release: string
  namespace: string
  /** The newest revision as it was planned; 0: none. */
  revision: number
  /** Revisions that the run may make, in this order. */
  makes: readonly number[]
  /** Which of the release's records may go. */
  deletes: 'none' | 'older' | 'all'
  /** What is there when it has succeeded: a new revision; no release; the revision that was, with how its tests ended. */
  leaves: 'revision' | 'nothing' | 'tests'
  /** What the record that is made, or of tests written again, must hold; left out where none is. */
  rendered?: { objects: readonly RenderedObject[]; hooks: readonly RenderedObject[] }
}

export type RepositoryAct = HelmCommand & { what: 'repository' }

/** The release itself, as an effect shows it beside the objects of its chart. */
export const RELEASE_API_VERSION = 'helm.sh/v1'
export const RELEASE_KIND = 'Release'
export const REPOSITORY_KIND = 'HelmRepository'

export type ReleaseState = {
  revision: number
  /** `web-1.2.0`. */
  chart: string
  appVersion?: string
  values: Readonly<Record<string, unknown>>
  notes?: string
}

/** A release as an object that can be compared with another state of it. */
export function releaseObject(
  { name, namespace }: { name: string; namespace: string },
  { revision, chart, appVersion, values, notes }: ReleaseState,
): KubeObject {
  return {
    apiVersion: RELEASE_API_VERSION,
    kind: RELEASE_KIND,
    metadata: { name, namespace },
    revision,
    chart,
    ...(appVersion !== undefined && { appVersion }),
    values,
    ...(notes !== undefined && notes !== '' && { notes }),
  }
}
