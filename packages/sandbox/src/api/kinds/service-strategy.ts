import type { Store } from '../store/store.ts'
import { isEqual, isObject, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { labelFaults } from '../values/names.ts'
import { byDefault } from './pod-defaults.ts'
import type { Strategy } from './strategy.ts'
import { serviceCauses, serviceUpdateCauses } from './validate-service.ts'

const portRange = { from: 30_000, to: 32_767 }

export const service: Strategy = {
  returnsDeleted: true,
  createsOnUpdate: true,
  nameRule: (name, isPrefix) => (name.includes('.') ? ['must not contain dots'] : labelFaults(name, isPrefix)),
  validate: serviceCauses,
  validateUpdate: serviceUpdateCauses,
  setDefaults(object) {
    if (!isObject(object.spec)) object.spec = {}
    const spec = object.spec
    byDefault(spec, 'sessionAffinity', 'None')
    byDefault(spec, 'type', 'ClusterIP')
    if (spec.type !== 'ExternalName') byDefault(spec, 'internalTrafficPolicy', 'Cluster')
    if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
    const timeout = numberAt(spec, 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds')
    if (spec.sessionAffinity === 'ClientIP' && timeout === undefined) {
      spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10_800 } }
    }
    if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') byDefault(spec, 'externalTrafficPolicy', 'Cluster')
    if (spec.type === 'LoadBalancer') byDefault(spec, 'allocateLoadBalancerNodePorts', true)
    for (const port of listAt(spec, 'ports')) {
      if (!isObject(port)) continue
      byDefault(port, 'protocol', 'TCP')
      if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '')
        port.targetPort = port.port ?? 0
    }
  },
  prepareCreate(object, { cluster }) {
    const spec = objectAt(object, 'spec')
    allocate(spec, objectAt(object, 'metadata'), cluster.store)
  },
  prepareUpdate(object, old, { cluster }) {
    const spec = objectAt(object, 'spec')
    const before = objectAt(old, 'spec')
    dropForeignFields(spec, before)
    if (spec.type !== 'ExternalName' && before.type !== 'ExternalName') {
      for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
        if ((spec[field] === undefined || spec[field] === null) && before[field] !== undefined)
          spec[field] = before[field]
      }
      keepNodePorts(spec, before)
    }
    allocate(spec, objectAt(object, 'metadata'), cluster.store)
  },
}

/** What the former type alone had goes with it, unless the client has set it again. */
function dropForeignFields(spec: JsonObject, before: JsonObject): void {
  if (spec.type === before.type) return
  const drop = (field: string) => {
    if (isEqual(spec[field], before[field])) delete spec[field]
  }
  if (spec.type === 'ExternalName')
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) drop(field)
  if (spec.type !== 'LoadBalancer') drop('allocateLoadBalancerNodePorts')
  if (spec.type !== 'ClusterIP') return
  drop('externalTrafficPolicy')
  const known = new Set(listAt(before, 'ports').map((port) => numberAt(port, 'nodePort')))
  for (const port of listAt(spec, 'ports'))
    if (isObject(port) && known.has(numberAt(port, 'nodePort'))) delete port.nodePort
}

/** A client that leaves out the ports of the nodes does not mean to change them. */
function keepNodePorts(spec: JsonObject, before: JsonObject): void {
  if (spec.type === 'ClusterIP') return
  for (const port of listAt(spec, 'ports')) {
    if (!isObject(port) || numberAt(port, 'nodePort')) continue
    const same = listAt(before, 'ports').find(
      (each) => numberAt(each, 'port') === port.port && textAt(each, 'protocol') === port.protocol,
    )
    const known = numberAt(same, 'nodePort')
    if (known) port.nodePort = known
  }
}

function allocate(spec: JsonObject, metadata: JsonObject, store: Store): void {
  if (spec.type === 'ExternalName') return
  if (textAt(spec, 'clusterIP') === undefined) spec.clusterIP = freeAddress(store, String(metadata.uid))
  if (!Array.isArray(spec.clusterIPs)) spec.clusterIPs = [spec.clusterIP ?? '']
  // A headless Service that selects nothing may have addresses of either family.
  const isOpen = spec.clusterIP === 'None' && Object.keys(objectAt(spec, 'selector')).length === 0
  byDefault(spec, 'ipFamilies', isOpen ? ['IPv4', 'IPv6'] : ['IPv4'])
  byDefault(spec, 'ipFamilyPolicy', isOpen ? 'RequireDualStack' : 'SingleStack')
  if (spec.type === 'ClusterIP') return
  const used = new Set(
    store.list('/services').flatMap((each) => listAt(each, 'spec', 'ports').map((port) => numberAt(port, 'nodePort'))),
  )
  for (const port of listAt(spec, 'ports')) {
    if (!isObject(port) || numberAt(port, 'nodePort')) continue
    let free =
      portRange.from + (hashOf(`${String(metadata.uid)}${String(port.port)}`) % (portRange.to - portRange.from))
    while (used.has(free)) free = free === portRange.to ? portRange.from : free + 1
    used.add(free)
    port.nodePort = free
  }
}

function freeAddress(store: Store, seed: string): string {
  const used = new Set(store.list('/services').map((each) => textAt(each, 'spec', 'clusterIP')))
  for (let number = hashOf(seed) % 65_000; ; number++) {
    const address = `10.96.${Math.floor(number / 256) % 256}.${number % 256}`
    if (!used.has(address) && number % 65_536 > 20) return address
  }
}

function hashOf(text: string): number {
  let hash = 2_166_136_261
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619) >>> 0
  return hash
}
