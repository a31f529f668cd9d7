import { chartReference, chartVersion, releaseName } from '../../input/chart.ts'
import { namespaceName } from '../../input/names.ts'
import { optional, required } from '../../input/parameter.ts'
import { asWritten } from '../../input/plain-word.ts'
import { bool, integer, oneOf, text } from '../../input/reader.ts'

export const release = required('release_name', text(releaseName))

export const chart = required('chart', text(chartReference), {
  description: 'REPO/CHART, oci://HOST/PATH or https://HOST/PATH.tgz',
})

export const version = optional('version', text(chartVersion), null)

/** For tools whose wire default is null. */
export const anyNamespace = optional('namespace', text(namespaceName), null)

export const createNamespace = (byDefault: boolean) => optional('create_namespace', bool, byDefault)

export const wait = optional('wait', bool, true)

export const values = required('values', text(asWritten), { description: 'YAML, a mapping' })

export const optionalValues = optional('values', text(asWritten), null, { description: 'YAML, a mapping' })

export const timeoutSeconds = optional('timeout_seconds', integer(1, 270), 240)

export const atomic = optional('atomic', bool, false)

/** Null: the newest. */
export const revision = optional('revision', integer(1, Number.POSITIVE_INFINITY), null)

export const format = oneOf(['table', 'json', 'yaml'])
