import { type Resource, storeKey } from '../store/resource.ts'
import { isObject, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { labelFaults, pathFaults } from '../values/names.ts'
import { byDefault, setHostPorts, setPodSpecDefaults, setRequestsFromLimits } from './pod-defaults.ts'
import { service } from './service-strategy.ts'
import type { Strategy } from './strategy.ts'
import { configMapCauses, immutableDataCauses, secretCauses, secretUpdateCauses } from './validate-configuration.ts'
import { ingressCauses, networkPolicyCauses } from './validate-network.ts'
import { bindingCauses, bindingUpdateCauses, roleCauses } from './validate-roles.ts'
import { budgetCauses, scalerCauses } from './validate-scaling.ts'
import { claimCauses, claimUpdateCauses, quotaCauses } from './validate-storage.ts'
import { podCauses } from './validate-workloads.ts'
import { workloadStrategies } from './workload-strategies.ts'

function specOf(object: JsonObject): JsonObject {
  if (!isObject(object.spec)) object.spec = {}
  return object.spec
}

const pod: Strategy = {
  validate: podCauses,
  hasGeneration: true,
  returnsDeleted: true,
  setDefaults(object) {
    const spec = specOf(object)
    setPodSpecDefaults(spec)
    // A template keeps it, and draws a warning.
    if ((numberAt(spec, 'terminationGracePeriodSeconds') ?? 0) < 0) spec.terminationGracePeriodSeconds = 1
    setRequestsFromLimits(spec)
    setHostPorts(spec)
    byDefault(spec, 'enableServiceLinks', true)
  },
  prepareCreate(object) {
    object.status = { phase: 'Pending', qosClass: qosClassOf(specOf(object)) }
  },
}

function qosClassOf(spec: JsonObject): string {
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]
  const amounts = containers.map((each) => ({
    requests: objectAt(each, 'resources', 'requests'),
    limits: objectAt(each, 'resources', 'limits'),
  }))
  const isBare = amounts.every(({ requests, limits }) => !hasAny(requests) && !hasAny(limits))
  if (isBare) return 'BestEffort'
  const isGuaranteed = amounts.every(({ requests, limits }) =>
    ['cpu', 'memory'].every((name) => limits[name] !== undefined && limits[name] === requests[name]),
  )
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}

function hasAny(amounts: JsonObject): boolean {
  return amounts.cpu !== undefined || amounts.memory !== undefined
}

const namespace: Strategy = {
  nameRule: labelFaults,
  setDefaults(object) {
    const metadata = objectAt(object, 'metadata')
    const name = textAt(metadata, 'name')
    if (name) metadata.labels = { ...objectAt(metadata, 'labels'), 'kubernetes.io/metadata.name': name }
  },
  prepareCreate(object) {
    const spec = specOf(object)
    const finalizers = listAt(spec, 'finalizers')
    spec.finalizers = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes']
    object.status = { phase: 'Active' }
  },
  prepareUpdate(object, old) {
    specOf(object).finalizers = listAt(old, 'spec', 'finalizers')
  },
}

const secret: Strategy = {
  validate: secretCauses,
  validateUpdate: secretUpdateCauses,
  setDefaults(object) {
    byDefault(object, 'type', 'Opaque')
    const { stringData } = object
    if (isObject(stringData)) {
      const data: JsonObject = { ...objectAt(object, 'data') }
      for (const [key, value] of Object.entries(stringData)) data[key] = Buffer.from(String(value)).toString('base64')
      object.data = data
    }
    delete object.stringData
  },
}

const claim: Strategy = {
  validate: claimCauses,
  validateUpdate: claimUpdateCauses,
  returnsDeleted: true,
  setDefaults(object) {
    byDefault(specOf(object), 'volumeMode', 'Filesystem')
  },
  prepareCreate(object) {
    object.status = { phase: 'Pending' }
    const metadata = objectAt(object, 'metadata')
    metadata.finalizers = [...listAt(metadata, 'finalizers'), 'kubernetes.io/pvc-protection']
  },
}

const quota: Strategy = {
  validate: quotaCauses,
  returnsDeleted: true,
  prepareCreate(object) {
    object.status = {}
  },
}

const limitRange: Strategy = {
  setDefaults(object) {
    for (const limit of listAt(object, 'spec', 'limits')) {
      if (!isObject(limit) || limit.type !== 'Container') continue
      const fill = (into: string, from: string) => {
        const given = objectAt(limit, from)
        const target = { ...objectAt(limit, into) }
        for (const [name, amount] of Object.entries(given)) byDefault(target, name, amount)
        if (Object.keys(target).length > 0) limit[into] = target
      }
      fill('default', 'max')
      fill('defaultRequest', 'default')
      fill('defaultRequest', 'min')
    }
  },
}

const node: Strategy = {
  prepareCreate(object) {
    specOf(object)
  },
}

const ingress: Strategy = { hasGeneration: true, validate: ingressCauses }
const networkPolicy: Strategy = {
  validate: networkPolicyCauses,
  hasGeneration: true,
  countsEmpty: true,
  setDefaults(object) {
    const spec = specOf(object)
    for (const direction of ['ingress', 'egress']) {
      for (const rule of listAt(spec, direction)) {
        for (const port of listAt(rule, 'ports')) if (isObject(port)) byDefault(port, 'protocol', 'TCP')
      }
    }
    if (!Array.isArray(spec.policyTypes) || spec.policyTypes.length === 0) {
      spec.policyTypes = listAt(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
    }
  },
}

const rbacSubjects = (object: JsonObject): void => {
  for (const subject of listAt(object, 'subjects')) {
    if (isObject(subject) && (subject.kind === 'User' || subject.kind === 'Group'))
      byDefault(subject, 'apiGroup', 'rbac.authorization.k8s.io')
  }
  if (isObject(object.roleRef)) byDefault(object.roleRef, 'apiGroup', 'rbac.authorization.k8s.io')
}

const binding: Strategy = {
  nameRule: pathFaults,
  createsOnUpdate: true,
  setDefaults: rbacSubjects,
  validate: bindingCauses,
  validateUpdate: bindingUpdateCauses,
}

const scaler: Strategy = {
  validate: scalerCauses,
  setDefaults(object) {
    const spec = specOf(object)
    byDefault(spec, 'minReplicas', 1)
    if (listAt(spec, 'metrics').length === 0) {
      spec.metrics = [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ]
    }
  },
}

const storageClass: Strategy = {
  setDefaults(object) {
    byDefault(object, 'reclaimPolicy', 'Delete')
    byDefault(object, 'volumeBindingMode', 'Immediate')
  },
}

const definition: Strategy = {
  hasGeneration: true,
  takesAnyFinalizer: true,
  needsVersion: true,
  setDefaults(object) {
    const spec = specOf(object)
    const names = isObject(spec.names) ? spec.names : {}
    spec.names = names
    const kind = textAt(names, 'kind') ?? ''
    byDefault(names, 'singular', kind.toLowerCase())
    byDefault(names, 'listKind', `${kind}List`)
    byDefault(spec, 'conversion', { strategy: 'None' })
  },
}

const byKey: Record<string, Strategy> = {
  ...workloadStrategies,
  '/pods': pod,
  '/services': service,
  '/namespaces': namespace,
  '/secrets': secret,
  '/configmaps': { validate: configMapCauses, validateUpdate: immutableDataCauses },
  'autoscaling/horizontalpodautoscalers': scaler,
  '/persistentvolumeclaims': claim,
  '/persistentvolumes': { returnsDeleted: true },
  '/serviceaccounts': { returnsDeleted: true },
  '/resourcequotas': quota,
  '/limitranges': limitRange,
  '/nodes': node,
  '/endpoints': { createsOnUpdate: true },
  '/events': { createsOnUpdate: true },
  'networking.k8s.io/ingresses': ingress,
  'networking.k8s.io/networkpolicies': networkPolicy,
  'policy/poddisruptionbudgets': {
    hasGeneration: true,
    needsVersion: true,
    nameRule: pathFaults,
    takesAnyFinalizer: true,
    validate: budgetCauses,
  },
  'discovery.k8s.io/endpointslices': { hasGeneration: true },
  'rbac.authorization.k8s.io/roles': { nameRule: pathFaults, createsOnUpdate: true, validate: roleCauses },
  'rbac.authorization.k8s.io/clusterroles': { nameRule: pathFaults, createsOnUpdate: true, validate: roleCauses },
  'rbac.authorization.k8s.io/rolebindings': binding,
  'rbac.authorization.k8s.io/clusterrolebindings': binding,
  'coordination.k8s.io/leases': { createsOnUpdate: true, needsVersion: true, takesAnyFinalizer: true },
  'storage.k8s.io/storageclasses': storageClass,
  'scheduling.k8s.io/priorityclasses': {
    setDefaults: (object) => byDefault(object, 'preemptionPolicy', 'PreemptLowerPriority'),
  },
  'apiextensions.k8s.io/customresourcedefinitions': definition,
}

const none: Strategy = {}

/** What is particular to the kind of a resource. */
export function strategyOf(resource: Resource): Strategy {
  return resource.custom ? none : (byKey[storeKey(resource)] ?? none)
}
