import type { KubeObject } from '../effect/kube-object.ts'
import { releaseObject } from './helm-plan.ts'
import { chartText, type ReleaseRecord } from './release-record.ts'

/** A revision as effects show the release. */
export function readReleaseState(record: ReleaseRecord): KubeObject {
  const { name, namespace, version, chart, config, info } = record
  return releaseObject(
    { name, namespace },
    {
      revision: version,
      chart: chartText(record),
      appVersion: chart?.metadata?.appVersion,
      values: config ?? {},
      notes: info.notes,
    },
  )
}
