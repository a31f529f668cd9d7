import { type Cause, causes } from '../values/api-status-error.ts'
import { isObject, type Json, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { annotationCauses, labelCauses } from '../values/label-causes.ts'
import { qualifiedNameFaults } from '../values/names.ts'
import { containerCauses, probesCauses, subdomain } from './validate-container.ts'
import { labelName, oneOf, selectorCauses } from './validate-parts.ts'

const sources = [
  'emptyDir',
  'hostPath',
  'configMap',
  'secret',
  'persistentVolumeClaim',
  'projected',
  'downwardAPI',
  'nfs',
  'csi',
  'ephemeral',
  'image',
]

/** What is wrong with the template of a workload. */
export function templateCauses(template: JsonObject, path: string): Cause[] {
  return [
    ...labelCauses(objectAt(template, 'metadata', 'labels'), `${path}.labels`),
    ...annotationCauses(objectAt(template, 'metadata', 'annotations'), `${path}.annotations`),
    ...podSpecCauses(objectAt(template, 'spec'), `${path}.spec`),
  ]
}

/** What is wrong with the spec of a pod. */
export function podSpecCauses(spec: JsonObject, path: string): Cause[] {
  const volumes = new Set<string>()
  const found = volumeCauses(listAt(spec, 'volumes'), `${path}.volumes`, volumes)
  const containers = listAt(spec, 'containers')
  if (containers.length === 0) found.push(causes.required(`${path}.containers`))
  const names = new Set<string>()
  for (const kind of ['containers', 'initContainers']) {
    listAt(spec, kind).forEach((container, index) => {
      const at = `${path}.${kind}[${index}]`
      found.push(...containerCauses(container, at, volumes))
      const name = textAt(container, 'name') ?? ''
      if (names.has(name)) found.push(causes.duplicate(`${at}.name`, name))
      names.add(name)
      found.push(...probesCauses(container, at))
    })
  }
  found.push(...hostPortCauses(listAt(spec, 'containers'), `${path}.containers`))
  found.push(...oneOf(textAt(spec, 'restartPolicy'), ['Always', 'Never', 'OnFailure'], `${path}.restartPolicy`))
  found.push(
    ...oneOf(
      textAt(spec, 'dnsPolicy'),
      ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'],
      `${path}.dnsPolicy`,
    ),
  )
  found.push(...labelCauses(objectAt(spec, 'nodeSelector'), `${path}.nodeSelector`))
  for (const field of ['runAsUser', 'fsGroup', 'runAsGroup']) {
    const value = numberAt(spec, 'securityContext', field)
    if (value !== undefined && (value < 0 || value > 2_147_483_647)) {
      found.push(
        causes.invalid(`${path}.securityContext.${field}`, value, 'must be between 0 and 2147483647, inclusive'),
      )
    }
  }
  listAt(spec, 'topologySpreadConstraints').forEach((each, index) => {
    const at = `${path}.topologySpreadConstraints[${index}]`
    const skew = numberAt(each, 'maxSkew') ?? 0
    if (skew <= 0) found.push(causes.invalid(`${at}.maxSkew`, skew, 'must be greater than zero'))
    if (!textAt(each, 'topologyKey')) found.push(causes.required(`${at}.topologyKey`, 'can not be empty'))
    const when = textAt(each, 'whenUnsatisfiable') ?? ''
    if (!['DoNotSchedule', 'ScheduleAnyway'].includes(when)) {
      found.push(causes.notSupported(`${at}.whenUnsatisfiable`, when, ['DoNotSchedule', 'ScheduleAnyway']))
    }
    found.push(...selectorCauses(objectAt(each).labelSelector, `${at}.labelSelector`))
  })
  found.push(...affinityCauses(spec, path))
  const account = textAt(spec, 'serviceAccountName')
  if (account) found.push(...subdomain(account, `${path}.serviceAccountName`))
  const deadline = numberAt(spec, 'activeDeadlineSeconds')
  if (deadline !== undefined && deadline < 1) {
    found.push(causes.invalid(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'))
  }
  const hostname = textAt(spec, 'hostname')
  if (hostname) found.push(...labelName(hostname, `${path}.hostname`))
  listAt(spec, 'tolerations').forEach((each, index) => {
    found.push(...tolerationCauses(objectAt(each), `${path}.tolerations[${index}]`))
  })
  return found
}

function hostPortCauses(containers: readonly Json[], path: string): Cause[] {
  const seen = new Set<string>()
  return containers.flatMap((container, index) =>
    listAt(container, 'ports').flatMap((port, number) => {
      const host = numberAt(port, 'hostPort')
      if (!host) return []
      const key = `${textAt(port, 'protocol')}/${textAt(port, 'hostIP') ?? ''}/${host}`
      if (seen.has(key)) return [causes.duplicate(`${path}[${index}].ports[${number}].hostPort`, key)]
      seen.add(key)
      return []
    }),
  )
}

const nodeOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']

function affinityCauses(spec: JsonObject, path: string): Cause[] {
  const kind = 'requiredDuringSchedulingIgnoredDuringExecution'
  const required = objectAt(spec, 'affinity', 'nodeAffinity')[kind]
  if (!isObject(required)) return []
  const at = `${path}.affinity.nodeAffinity.${kind}.nodeSelectorTerms`
  const terms = listAt(required, 'nodeSelectorTerms')
  if (terms.length === 0) return [causes.required(at, 'must have at least one node selector term')]
  return terms.flatMap((term, index) =>
    listAt(term, 'matchExpressions').flatMap((each, number) => {
      const here = `${at}[${index}].matchExpressions[${number}]`
      const operator = textAt(each, 'operator') ?? ''
      const values = listAt(each, 'values')
      const found: Cause[] = []
      if (['In', 'NotIn'].includes(operator) && values.length === 0) {
        found.push(causes.required(`${here}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
      }
      if (['Exists', 'DoesNotExist'].includes(operator) && values.length > 0) {
        found.push(
          causes.forbidden(`${here}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        )
      }
      if (!nodeOperators.includes(operator)) {
        found.push(causes.invalid(`${here}.operator`, operator, 'not a valid selector operator'))
      }
      const key = textAt(each, 'key') ?? ''
      return [...found, ...qualifiedNameFaults(key).map((fault) => causes.invalid(`${here}.key`, key, fault))]
    }),
  )
}

function tolerationCauses(toleration: JsonObject, path: string): Cause[] {
  const operator = textAt(toleration, 'operator') || 'Equal'
  const found: Cause[] = []
  if (!textAt(toleration, 'key') && operator !== 'Exists') {
    found.push(
      causes.invalid(
        `${path}.operator`,
        textAt(toleration, 'operator') ?? '',
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ),
    )
  }
  if (operator === 'Exists' && textAt(toleration, 'value')) {
    found.push(causes.invalid(`${path}.operator`, toleration, "value must be empty when `operator` is 'Exists'"))
  }
  const effect = textAt(toleration, 'effect')
  if (effect) found.push(...oneOf(effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute'], `${path}.effect`))
  return found
}

function volumeCauses(volumes: readonly Json[], path: string, names: Set<string>): Cause[] {
  return volumes.flatMap((volume, index) => {
    const at = `${path}[${index}]`
    const name = textAt(volume, 'name') ?? ''
    const found = sourceCauses(volume, at)
    if (name === '') found.push(causes.required(`${at}.name`))
    else {
      const faults = labelName(name, `${at}.name`)
      found.push(...faults)
      if (faults.length === 0 && names.has(name)) found.push(causes.duplicate(`${at}.name`, name))
    }
    if (found.length === 0) names.add(name)
    return found
  })
}

function sourceCauses(volume: Json, at: string): Cause[] {
  const given = sources.filter((each) => isObject(objectAt(volume)[each]))
  const others = Object.keys(objectAt(volume)).filter((each) => each !== 'name' && !sources.includes(each))
  const found: Cause[] = []
  if (given.length + others.length === 0) found.push(causes.required(at, 'must specify a volume type'))
  if (given.length + others.length > 1) {
    for (const each of given.slice(1))
      found.push(causes.forbidden(`${at}.${each}`, 'may not specify more than 1 volume type'))
  }
  const first = given[0]
  if (first === 'configMap' && !textAt(volume, 'configMap', 'name')) found.push(causes.required(`${at}.configMap.name`))
  if (first === 'secret' && !textAt(volume, 'secret', 'secretName'))
    found.push(causes.required(`${at}.secret.secretName`))
  if (first === 'hostPath' && !textAt(volume, 'hostPath', 'path')) found.push(causes.required(`${at}.hostPath.path`))
  if (first === 'persistentVolumeClaim' && !textAt(volume, 'persistentVolumeClaim', 'claimName')) {
    found.push(causes.required(`${at}.persistentVolumeClaim.claimName`))
  }
  return found
}
