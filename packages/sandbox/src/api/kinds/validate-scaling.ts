import { type Cause, causes } from '../values/api-status-error.ts'
import { isObject, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { selectorCauses, shareCauses } from './validate-parts.ts'

export function budgetCauses(object: JsonObject): Cause[] {
  const spec = objectAt(object, 'spec')
  const { minAvailable, maxUnavailable } = spec
  const found: Cause[] = []
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    found.push(causes.invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set'))
  }
  found.push(...shareCauses(minAvailable, 'spec.minAvailable'), ...shareCauses(maxUnavailable, 'spec.maxUnavailable'))
  return [...found, ...selectorCauses(spec.selector, 'spec.selector')]
}

export function scalerCauses(object: JsonObject): Cause[] {
  const spec = objectAt(object, 'spec')
  const found: Cause[] = []
  const least = numberAt(spec, 'minReplicas')
  const most = numberAt(spec, 'maxReplicas') ?? 0
  if (least !== undefined && least < 1)
    found.push(causes.invalid('spec.minReplicas', least, 'must be greater than or equal to 1'))
  if (most < 1) found.push(causes.invalid('spec.maxReplicas', most, 'must be greater than 0'))
  if (least !== undefined && most < least)
    found.push(causes.invalid('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`'))
  const target = objectAt(spec, 'scaleTargetRef')
  if (!textAt(target, 'kind')) found.push(causes.required('spec.scaleTargetRef.kind'))
  if (!textAt(target, 'name')) found.push(causes.required('spec.scaleTargetRef.name'))
  const version = textAt(target, 'apiVersion') ?? ''
  if (!/^([a-z0-9.-]+\/)?v\d+((alpha|beta)\d+)?$/.test(version)) {
    found.push(causes.invalid('spec.scaleTargetRef.apiVersion', version, 'apiVersion must specify API group'))
  }
  listAt(spec, 'metrics').forEach((metric, index) => {
    found.push(...metricCauses(objectAt(metric), `spec.metrics[${index}]`))
  })
  return found
}

const metricSources: Record<string, string> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
}

function metricCauses(metric: JsonObject, at: string): Cause[] {
  const type = textAt(metric, 'type') ?? ''
  const source = metricSources[type]
  const found: Cause[] = []
  if (type === '') found.push(causes.required(`${at}.type`, 'must specify a metric source type'))
  if (source === undefined) found.push(causes.notSupported(`${at}.type`, type, Object.keys(metricSources)))
  else if (!isObject(metric[source])) {
    found.push(causes.required(`${at}.${source}`, 'must populate information for the given metric source'))
  }
  if (!isObject(metric.resource)) return found
  const path = `${at}.resource`
  if (!textAt(metric, 'resource', 'name')) found.push(causes.required(`${path}.name`, 'must specify a resource name'))
  const target = objectAt(metric, 'resource', 'target')
  const kind = textAt(target, 'type') ?? ''
  if (kind === '') found.push(causes.required(`${path}.target.type`, 'must specify a metric target type'))
  if (!['Utilization', 'Value', 'AverageValue'].includes(kind)) {
    found.push(causes.invalid(`${path}.target.type`, kind, 'must be either Utilization, Value, or AverageValue'))
  }
  const share = numberAt(target, 'averageUtilization')
  if (share !== undefined && share < 1) {
    found.push(causes.invalid(`${path}.target.averageUtilization`, share, 'must be greater than 0'))
  }
  if (share === undefined && target.averageValue === undefined) {
    const what = 'must set either a target raw value or a target utilization'
    found.push(causes.required(`${path}.target.averageUtilization`, what))
  }
  return found
}
