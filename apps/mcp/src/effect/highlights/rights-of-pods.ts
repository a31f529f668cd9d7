import type { Fact, FactRule, Read } from './fact.ts'
import { at, type Part, partsOf, recordIn, recordsIn, textsIn } from './parts.ts'
import { type Container, type Pod, podsOf, projectedSources } from './pods.ts'
import { shortened } from './shortened.ts'

/** What pods may do to their node and in the cluster. */
export const rightsOfPods: FactRule = (read) => [
  ...podsOf(read.object).flatMap((pod) => [
    ...pod.containers.flatMap((container) => ofSecurity(container, container.of, read)),
    ...(pod.containers.some(({ path }) => path === pod.spec.path) ? [] : ofSecurity(pod.spec, pod.spec.path, read)),
    ...hostNamespaces(pod),
    ...tokens(pod, read),
  ]),
  ...hostPaths(read),
]

function ofSecurity(part: Part | Container, of: string, read: Read): Fact[] {
  const context = recordIn(part, 'securityContext')
  if (context === undefined) return []
  const { path, value } = context
  const facts: Fact[] = []
  const windows = recordIn(context, 'windowsOptions')
  const highRiskReason = 'runs a privileged container'
  if (value.privileged === true) {
    facts.push({ group: 'rights', path: at(path, 'privileged'), of, fact: 'privileged', highRiskReason })
  }
  if (windows?.value.hostProcess === true) {
    facts.push({ group: 'rights', path: at(windows.path, 'hostProcess'), of, fact: 'privileged', highRiskReason })
  }
  if (value.procMount === 'Unmasked') {
    const highRiskReason = 'shows a container all of /proc'
    facts.push({ group: 'rights', path: at(path, 'procMount'), of, fact: 'unmasked /proc', highRiskReason })
  }
  if (value.runAsUser === 0) facts.push({ group: 'rights', path: at(path, 'runAsUser'), of, fact: 'runs as root' })
  const capabilities = recordIn(context, 'capabilities')
  return capabilities === undefined ? facts : [...facts, ...ofCapabilities(capabilities, of, read)]
}

function ofCapabilities(capabilities: Part, of: string, { quote }: Read): Fact[] {
  return textsIn(capabilities, 'add').map(({ path, text }): Fact => {
    const quoted = quote(path)
    const isHighRisk = !/^(CAP_)?NET_BIND_SERVICE$/i.test(text)
    const highRiskReason = `adds the capability ${shortened(quoted)} to a container`
    return { group: 'rights', path, of, fact: `adds capability ${quoted}`, ...(isHighRisk && { highRiskReason }) }
  })
}

const hosts = [
  ['hostNetwork', 'host network', 'network'],
  ['hostPID', 'host PID', 'process'],
  ['hostIPC', 'host IPC', 'IPC'],
] as const

function hostNamespaces({ spec: { path, value } }: Pod): Fact[] {
  return hosts
    .filter(([key]) => value[key] === true)
    .map(([key, fact, word]) => ({
      group: 'rights',
      path: at(path, key),
      of: path,
      fact,
      highRiskReason: `shares the ${word} namespace of its node`,
    }))
}

/** Wherever they are: of the volumes of pods, of a PersistentVolume, of what a custom resource makes of them. */
function hostPaths({ object, quote }: Read): Fact[] {
  const isVolume = object.kind === 'PersistentVolume' && object.apiVersion === 'v1'
  const fields = isVolume ? ['hostPath', 'local'] : ['hostPath']
  return partsOf(object).flatMap((part) =>
    fields.flatMap((field): Fact[] => {
      const host = recordIn(part, field)
      if (typeof host?.value.path !== 'string') return []
      const quoted = quote(at(host.path, 'path'))
      const of = part.path.replace(/\/volumes\/\d+$/, '')
      const highRiskReason = `mounts ${shortened(quoted)} of its node`
      return [{ group: 'rights', path: host.path, of, fact: `host path ${quoted}`, highRiskReason }]
    }),
  )
}

/** The server mounts that of the default account by itself into a Pod, under such a name; nobody has asked for it. */
const ownVolume = /^kube-api-access-[a-z0-9]{5}$/

function tokens({ spec }: Pod, { object, quote }: Read): Fact[] {
  const { path, value } = spec
  const key = ['serviceAccountName', 'serviceAccount'].find(
    (each) => typeof value[each] === 'string' && value[each] !== '',
  )
  const isDefault = key === undefined || value[key] === 'default'
  const name = key === undefined ? 'default' : quote(at(path, key))
  const tokenAt = (place: string): Fact => ({
    group: 'rights',
    path: place,
    of: path,
    fact: `token of service account ${name}`,
    ...(!isDefault && { highRiskReason: `has the token of service account ${shortened(name)}` }),
  })
  const automount = value.automountServiceAccountToken
  if (!isDefault && automount !== false) return [tokenAt(at(path, key))]
  if (automount === true) return [tokenAt(at(path, 'automountServiceAccountToken'))]
  const mayBeOwn = object.kind === 'Pod' && isDefault && automount !== false
  const requested = recordsIn(spec, 'volumes').filter(
    (volume) => !(mayBeOwn && ownVolume.test(String(volume.value.name))),
  )
  const source = projectedSources(requested).find((each) => recordIn(each, 'serviceAccountToken') !== undefined)
  return source === undefined ? [] : [tokenAt(source.path)]
}
