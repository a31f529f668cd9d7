import { createHash } from 'node:crypto'
import type { Cluster } from '../store/cluster.ts'
import { forbidden } from '../values/api-status-error.ts'
import { isObject, type JsonObject, listAt, numberAt, objectAt, textAt } from '../values/json.ts'

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
const letters = 'bcdfghjklmnpqrstvwxz2456789'

/** Gives a pod what every pod has: an account with its token, tolerations, a priority. Throws ApiStatusError. */
export function settlePod(cluster: Cluster, namespace: string, pod: JsonObject): void {
  const spec = objectAt(pod, 'spec')
  if (!isObject(pod.spec)) pod.spec = spec
  const name = textAt(spec, 'serviceAccountName') || 'default'
  spec.serviceAccountName = name
  spec.serviceAccount = name
  const account = cluster.store.get('/serviceaccounts', namespace, name)
  if (account === undefined) {
    const podName = textAt(pod, 'metadata', 'name') ?? ''
    throw forbidden(
      { group: '', plural: 'pods' },
      podName,
      `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
    )
  }
  const mounts = spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true
  if (mounts === true)
    mountToken(spec, textAt(pod, 'metadata', 'name') ?? textAt(pod, 'metadata', 'generateName') ?? '')
  const secrets = listAt(account, 'imagePullSecrets')
  if (secrets.length > 0 && listAt(spec, 'imagePullSecrets').length === 0) spec.imagePullSecrets = secrets
  tolerateForAWhile(spec)
  settlePriority(cluster, spec, pod)
}

function mountToken(spec: JsonObject, seed: string): void {
  const isMounted = (container: JsonObject) =>
    listAt(container, 'volumeMounts').some((each) => textAt(each, 'mountPath') === MOUNT_PATH)
  const containers = [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')].filter(isObject)
  const known = listAt(spec, 'volumes').find((each) => textAt(each, 'name')?.startsWith('kube-api-access-'))
  const digest = createHash('sha256').update(`${seed}${Date.now()}${Math.random()}`).digest()
  const name =
    textAt(known, 'name') ??
    `kube-api-access-${[...digest.subarray(0, 5)].map((byte) => letters[byte % letters.length]).join('')}`
  let isNeeded = false
  for (const container of containers) {
    if (isMounted(container)) continue
    isNeeded = true
    container.volumeMounts = [...listAt(container, 'volumeMounts'), { name, readOnly: true, mountPath: MOUNT_PATH }]
  }
  if (!isNeeded || known) return
  const sources: JsonObject[] = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] },
    },
  ]
  spec.volumes = [...listAt(spec, 'volumes'), { name, projected: { sources, defaultMode: 420 } }]
}

function tolerateForAWhile(spec: JsonObject): void {
  const tolerations = listAt(spec, 'tolerations')
  const wanted = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
    (key) =>
      !tolerations.some((each) => {
        const effect = textAt(each, 'effect')
        const isKey = textAt(each, 'key') === key || (!textAt(each, 'key') && textAt(each, 'operator') === 'Exists')
        return isKey && (!effect || effect === 'NoExecute')
      }),
  )
  if (wanted.length === 0) return
  spec.tolerations = [
    ...tolerations,
    ...wanted.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })),
  ]
}

function settlePriority({ store }: Cluster, spec: JsonObject, pod: JsonObject): void {
  const classes = store.list('scheduling.k8s.io/priorityclasses')
  const className = textAt(spec, 'priorityClassName')
  const chosen = className
    ? classes.find((each) => textAt(each, 'metadata', 'name') === className)
    : classes.find((each) => each.globalDefault === true)
  if (className && chosen === undefined) {
    const name = textAt(pod, 'metadata', 'name') ?? ''
    throw forbidden({ group: '', plural: 'pods' }, name, `no PriorityClass with name ${className} was found`)
  }
  if (chosen && !className) spec.priorityClassName = textAt(chosen, 'metadata', 'name') ?? ''
  spec.priority = numberAt(chosen, 'value') ?? 0
  spec.preemptionPolicy ??= textAt(chosen, 'preemptionPolicy') ?? 'PreemptLowerPriority'
}
