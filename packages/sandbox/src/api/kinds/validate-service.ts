import { type Cause, causes } from '../values/api-status-error.ts'
import { type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { labelCauses } from '../values/label-causes.ts'
import { labelFaults, subdomainFaults } from '../values/names.ts'
import { portOrName } from './validate-container.ts'
import { oneOf, portNumber } from './validate-parts.ts'

const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']

export function serviceCauses(object: JsonObject): Cause[] {
  const spec = objectAt(object, 'spec')
  const ports = listAt(spec, 'ports')
  const type = textAt(spec, 'type')
  const isHeadless = textAt(spec, 'clusterIP') === 'None'
  const found: Cause[] = []
  if (ports.length === 0 && !isHeadless && type !== 'ExternalName') found.push(causes.required('spec.ports'))
  const names = new Set<string>()
  const numbers = new Set<string>()
  ports.forEach((port, index) => {
    const at = `spec.ports[${index}]`
    const name = textAt(port, 'name') ?? ''
    if (name === '' && ports.length > 1) found.push(causes.required(`${at}.name`))
    else if (name !== '') {
      found.push(...labelFaults(name).map((fault) => causes.invalid(`${at}.name`, name, fault)))
      if (names.has(name)) found.push(causes.duplicate(`${at}.name`, name))
      names.add(name)
    }
    found.push(...portNumber(numberAt(port, 'port') ?? 0, `${at}.port`))
    found.push(...oneOf(textAt(port, 'protocol'), ['SCTP', 'TCP', 'UDP'], `${at}.protocol`))
    found.push(...portOrName(objectAt(port).targetPort, `${at}.targetPort`))
    const key = `${textAt(port, 'protocol')}/${numberAt(port, 'port')}`
    if (numbers.has(key)) {
      found.push(causes.duplicate(at, { protocol: textAt(port, 'protocol'), port: numberAt(port, 'port') }))
    }
    numbers.add(key)
  })
  found.push(...labelCauses(objectAt(spec, 'selector'), 'spec.selector'))
  const affinity = textAt(spec, 'sessionAffinity')
  found.push(...oneOf(affinity, ['ClientIP', 'None'], 'spec.sessionAffinity'))
  found.push(...oneOf(type, serviceTypes, 'spec.type'))
  if (type === 'ExternalName') {
    if (textAt(spec, 'clusterIP')) {
      found.push(causes.forbidden('spec.clusterIPs', 'may not be set for ExternalName services'))
    }
    const name = textAt(spec, 'externalName') ?? ''
    found.push(
      ...(name === ''
        ? [causes.required('spec.externalName')]
        : subdomainFaults(name).map((fault) => causes.invalid('spec.externalName', name, fault))),
    )
  }
  return found
}

export function serviceUpdateCauses(object: JsonObject, old: JsonObject): Cause[] {
  const next = textAt(object, 'spec', 'clusterIP')
  const before = textAt(old, 'spec', 'clusterIP')
  const isInternal = textAt(old, 'spec', 'type') !== 'ExternalName' && textAt(object, 'spec', 'type') !== 'ExternalName'
  if (!isInternal || !before || next === before) return []
  return [causes.invalid('spec.clusterIPs[0]', [next], 'may not change once set')]
}
