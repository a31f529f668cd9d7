import { isRecord } from '../is-record.ts'
import type { KubeObject } from '../kube-object.ts'
import type { Fact } from './fact.ts'

/** How many objects of a kind are deleted after another. */
export type GoneWith = { kind: string; count: number }

/** What is lost with an object that is deleted, and with what goes after it. */
export function deletionFacts(before: KubeObject, gone: readonly GoneWith[]): Fact[] {
  const fact = (words: string): Fact => ({ group: 'data', path: '', of: '', fact: words })
  const { apiVersion, kind } = before
  const isVolume = apiVersion === 'v1' && (kind === 'PersistentVolumeClaim' || kind === 'PersistentVolume')
  const volumes = gone.filter((each) => each.kind === 'PersistentVolumeClaim' || each.kind === 'PersistentVolume')
  const listed = (some: readonly GoneWith[]) => some.map((each) => `${each.count} ${each.kind}`).join(', ')
  return [
    ...(isVolume ? [fact('deletes volume')] : []),
    ...(isClaimDropper(before)
      ? [fact('deletes volume: its claims go with it (persistentVolumeClaimRetentionPolicy)')]
      : []),
    ...(volumes.length > 0 ? [fact(`deletes volume: ${listed(volumes)}`)] : []),
    ...(gone.length > 0 ? [fact(`deletes with it: ${listed(gone)}`)] : []),
  ]
}

function isClaimDropper({ kind, spec }: KubeObject): boolean {
  const policy = isRecord(spec) ? spec.persistentVolumeClaimRetentionPolicy : undefined
  return kind === 'StatefulSet' && isRecord(policy) && policy.whenDeleted === 'Delete'
}
