import { nameForPeople } from '../../effect/effect-object.ts'
import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { semanticChanges } from '../../effect/semantic-changes.ts'

/** As much of a live object as another one speaks of. */
export function projection(live: KubeObject, of: KubeObject): KubeObject {
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

/** What somebody has changed since the release was written, and helm sets back: no comparison of manifests shows it. */
export function driftSignals(live: KubeObject, former: KubeObject): RiskSignal[] {
  const changes = semanticChanges(project(former, former) as KubeObject, projection(live, former))
  return changes
    .filter(({ path, before, after }) => telling.test(path) && before !== undefined && after !== undefined)
    .map(({ path, before, after }): RiskSignal => {
      const subject = nameForPeople({ ...live, ...live.metadata })
      return {
        risk: 'medium',
        reason: `${subject} is not as the release wrote it: ${path} is ${String(after)}, the release says ${String(before)}, and helm may set it back`,
      }
    })
}
