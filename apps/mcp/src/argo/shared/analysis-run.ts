import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'

/** An AnalysisRun as far as it is read. */
export type AnalysisRun = KubeObject & {
  status: {
    phase?: string
    message?: string
    startedAt?: string
    completedAt?: string
    runSummary?: Totals & { count?: number }
    metricResults?: readonly MetricResult[]
  }
}

export type Totals = { successful?: number; failed?: number; inconclusive?: number; error?: number }

export type MetricResult = Totals & {
  name?: string
  phase?: string
  message?: string
  metadata?: Readonly<Record<string, string>>
  measurements?: readonly {
    phase?: string
    value?: string
    message?: string
    startedAt?: string
    finishedAt?: string
  }[]
}

export function asAnalysisRun(object: KubeObject): AnalysisRun {
  return { ...object, status: isRecord(object.status) ? object.status : {} }
}

/** `success-rate Failed 1/3/0/0`: successful, failed, inconclusive, error. */
export function metricText({ name = '', phase = '', ...totals }: MetricResult): string {
  const { successful = 0, failed = 0, inconclusive = 0, error = 0 } = totals
  return `${name} ${phase} ${successful}/${failed}/${inconclusive}/${error}`
}

/** The values at which metrics failed. */
export function failedMeasurements(run: AnalysisRun): string[] {
  const failed = (run.status.metricResults ?? []).filter(({ phase }) => phase === 'Failed' || phase === 'Error')
  return failed.flatMap(({ name, message, measurements = [] }) => {
    const values = measurements
      .filter(({ phase }) => phase === 'Failed' || phase === 'Error')
      .map(({ value, message }) => value ?? message ?? '')
      .slice(-5)
    const why = message === undefined || message === '' ? '' : ` (${message})`
    return [`${run.metadata.name}, metric ${name}: ${values.join(', ') || 'no value'}${why}`]
  })
}

/** `Rollout/web`. */
export function ownerText({ metadata }: KubeObject): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller) ?? metadata.ownerReferences?.[0]
  return owner === undefined ? '<none>' : `${owner.kind}/${owner.name}`
}
