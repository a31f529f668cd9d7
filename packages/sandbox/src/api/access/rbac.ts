import type { Cluster, User } from '../store/cluster.ts'
import { type Json, type JsonObject, listAt, objectAt, textAt } from '../values/json.ts'
import { labelsOf, labelTestOf } from '../values/selectors.ts'

/** What somebody wants to do: with a resource, or with a path that is none. */
export type Action = {
  verb: string
  group?: string
  resource?: string
  subresource?: string
  namespace?: string
  name?: string
  path?: string
}
export type Ruling = { isAllowed: boolean; reason: string }

const RBAC = 'rbac.authorization.k8s.io'

/** Whether the roles bound to a user allow an action. */
export function authorize(cluster: Cluster, user: User, action: Action): Ruling {
  if (user.groups.includes('system:masters')) return { isAllowed: true, reason: '' }
  for (const { rules, why } of rulesOf(cluster, user, action.namespace)) {
    if (rules.some((rule) => isCovered(rule, action))) return { isAllowed: true, reason: why }
  }
  return { isAllowed: false, reason: '' }
}

/** The rules that hold for a user, of the whole cluster and of one namespace. */
export function rulesOf(cluster: Cluster, user: User, namespace: string | undefined): { rules: Json[]; why: string }[] {
  const found: { rules: Json[]; why: string }[] = []
  const add = (binding: JsonObject) => {
    const of = textAt(binding, 'metadata', 'namespace')
    const subject = listAt(binding, 'subjects').find((each) => isSubject(each, user, of))
    if (subject === undefined) return
    const role = objectAt(binding, 'roleRef')
    const name = textAt(binding, 'metadata', 'name')
    const itself = of === undefined ? `ClusterRoleBinding "${name}"` : `RoleBinding "${name}/${of}"`
    const why = `RBAC: allowed by ${itself} of ${textAt(role, 'kind')} "${textAt(role, 'name')}" to ${textAt(subject, 'kind')} "${textAt(subject, 'name')}"`
    found.push({ rules: rulesOfRole(cluster, role, of), why })
  }
  for (const binding of cluster.store.list(`${RBAC}/clusterrolebindings`)) add(binding)
  if (namespace) for (const binding of cluster.store.list(`${RBAC}/rolebindings`, namespace)) add(binding)
  return found
}

function rulesOfRole({ store }: Cluster, role: JsonObject, namespace: string | undefined): Json[] {
  const name = textAt(role, 'name') ?? ''
  if (textAt(role, 'kind') === 'Role') return listAt(store.get(`${RBAC}/roles`, namespace ?? '', name), 'rules')
  const found = store.get(`${RBAC}/clusterroles`, '', name)
  const selectors = listAt(found, 'aggregationRule', 'clusterRoleSelectors')
  if (selectors.length === 0) return listAt(found, 'rules')
  const tests = selectors.map(labelTestOf)
  return store
    .list(`${RBAC}/clusterroles`)
    .filter((each) => each !== found && tests.some((test) => test(labelsOf(each))))
    .flatMap((each) => listAt(each, 'rules'))
}

function isSubject(subject: Json, user: User, namespace: string | undefined): boolean {
  const name = textAt(subject, 'name') ?? ''
  switch (textAt(subject, 'kind')) {
    case 'User':
      return name === user.name
    case 'Group':
      return user.groups.includes(name)
    default:
      return user.name === `system:serviceaccount:${textAt(subject, 'namespace') ?? namespace ?? ''}:${name}`
  }
}

function isCovered(rule: Json, action: Action): boolean {
  const has = (field: string, value: string) => {
    const values = listAt(rule, field)
    return values.includes('*') || values.includes(value)
  }
  if (!has('verbs', action.verb)) return false
  if (action.path !== undefined) {
    return listAt(rule, 'nonResourceURLs')
      .map(String)
      .some((each) => (each.endsWith('*') ? (action.path ?? '').startsWith(each.slice(0, -1)) : each === action.path))
  }
  const full = action.subresource ? `${action.resource}/${action.subresource}` : (action.resource ?? '')
  const isResource =
    has('resources', full) ||
    (action.subresource !== undefined &&
      action.subresource !== '' &&
      listAt(rule, 'resources').includes(`*/${action.subresource}`))
  if (!has('apiGroups', action.group ?? '') || !isResource) return false
  const names = listAt(rule, 'resourceNames')
  return names.length === 0 || (action.name !== undefined && names.includes(action.name))
}
