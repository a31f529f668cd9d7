import { isDeepStrictEqual } from 'node:util'
import { valueAt } from '@fairlead/contract/json/json-pointer'
import { nameForPeople } from '../../effect/effect-object.ts'
import { isRecord } from '../../effect/is-record.ts'
import { applyPatch } from '../../effect/json-patch.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { semanticChanges } from '../../effect/semantic-changes.ts'

/** An object before helm writes it, in the words of its release, and what is to be said of that. */
export type AsFound = { before: KubeObject; signals: RiskSignal[] }

/**
 * What helm finds in the cluster and changes to `wanted`. `written` is the object by the revisions that may have written
 * it, oldest first: of those after the first one, which failed, it is not known which objects they reached.
 */
export function asFound(live: KubeObject, written: readonly KubeObject[], wanted: KubeObject): AsFound {
  const [first, ...later] = written
  if (first === undefined) return { before: projection(live, wanted), signals: [] }
  const last = later.reduce((found, each) => (isReached(live, found, each, wanted) ? each : found), first)
  return withDrift(live, last)
}

/** Whether a failed revision has written the object: the cluster tells by what the revision would have changed. */
function isReached(live: KubeObject, before: KubeObject, after: KubeObject, wanted: KubeObject): boolean {
  const changes = semanticChanges(before, after)
  const held = (side: 'before' | 'after') =>
    changes.filter((change) => holds(valueAt(live, change.path), change[side])).length
  const [was, is] = [held('before'), held('after')]
  if (was !== is) return is > was
  // Where the cluster does not tell, the one from which more would change is shown.
  return semanticChanges(before, wanted).length < semanticChanges(after, wanted).length
}

function holds(live: unknown, value: unknown): boolean {
  return value === undefined ? live === undefined : isDeepStrictEqual(project(live, value), value)
}

/** As much of a live object as another one speaks of. */
function projection(live: KubeObject, of: KubeObject): KubeObject {
  return { ...(project(live, of) as KubeObject), apiVersion: of.apiVersion, kind: of.kind, metadata: of.metadata }
}

function project(live: unknown, of: unknown): unknown {
  if (isRecord(of) && isRecord(live))
    return Object.fromEntries(
      Object.entries(of).flatMap(([key, value]) => (key in live ? [[key, project(live[key], value)]] : [])),
    )
  if (Array.isArray(of) && Array.isArray(live) && of.length === live.length)
    return of.map((value, index) => project(live[index], value))
  return live
}

const telling = /\/(?:replicas|image)$/

/** With what somebody has changed since the release was written, and helm sets back: no manifest says it. */
function withDrift(live: KubeObject, written: KubeObject): AsFound {
  const changes = semanticChanges(written, projection(live, written)).filter(
    ({ path, before, after }) => telling.test(path) && before !== undefined && after !== undefined,
  )
  const operations = changes.map(({ path, after }) => ({ op: 'replace' as const, path, value: after }))
  const subject = nameForPeople({ ...live, ...live.metadata })
  return {
    before: operations.length === 0 ? written : (applyPatch(written, operations) as KubeObject),
    signals: changes.map(({ path, before, after }) => ({
      risk: 'medium',
      reason: `${subject} is not as the release wrote it: ${path} is ${String(after)}, the release says ${String(before)}, and helm may set it back`,
    })),
  }
}
