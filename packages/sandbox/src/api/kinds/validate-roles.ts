import { type Cause, causes } from '../values/api-status-error.ts'
import { isEqual, type Json, type JsonObject, listAt, objectAt, textAt } from '../values/json.ts'
import { subdomainFaults } from '../values/names.ts'

/** What is wrong with a rule of a role. */
export function roleCauses(object: JsonObject): Cause[] {
  return listAt(object, 'rules').flatMap((rule, index) => {
    const at = `rules[${index}]`
    const found: Cause[] = []
    if (listAt(rule, 'verbs').length === 0)
      found.push(causes.required(`${at}.verbs`, 'verbs must contain at least one value'))
    if (listAt(rule, 'nonResourceURLs').length > 0) {
      if (textAt(object, 'kind') === 'Role') {
        found.push(
          causes.invalid(
            `${at}.nonResourceURLs`,
            listAt(rule, 'nonResourceURLs'),
            'namespaced rules cannot apply to non-resource URLs',
          ),
        )
      }
      return found
    }
    if (listAt(rule, 'apiGroups').length === 0)
      found.push(causes.required(`${at}.apiGroups`, 'resource rules must supply at least one api group'))
    if (listAt(rule, 'resources').length === 0)
      found.push(causes.required(`${at}.resources`, 'resource rules must supply at least one resource'))
    return found
  })
}

export function bindingCauses(object: JsonObject): Cause[] {
  const found: Cause[] = []
  const role = objectAt(object, 'roleRef')
  const group = textAt(role, 'apiGroup') ?? ''
  const kinds = textAt(object, 'kind') === 'ClusterRoleBinding' ? ['ClusterRole'] : ['Role', 'ClusterRole']
  if (group !== 'rbac.authorization.k8s.io')
    found.push(causes.notSupported('roleRef.apiGroup', group, ['rbac.authorization.k8s.io']))
  const kind = textAt(role, 'kind') ?? ''
  if (!kinds.includes(kind)) found.push(causes.notSupported('roleRef.kind', kind, kinds))
  const name = textAt(role, 'name') ?? ''
  if (name === '') found.push(causes.required('roleRef.name'))
  listAt(object, 'subjects').forEach((subject, index) => {
    found.push(...subjectCauses(subject, `subjects[${index}]`, textAt(object, 'kind') === 'ClusterRoleBinding'))
  })
  return found
}

function subjectCauses(subject: Json, at: string, needsNamespace: boolean): Cause[] {
  const found: Cause[] = []
  const kind = textAt(subject, 'kind') ?? ''
  const name = textAt(subject, 'name') ?? ''
  const group = textAt(subject, 'apiGroup') ?? ''
  if (name === '') found.push(causes.required(`${at}.name`))
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') found.push(...subdomainFaults(name).map((fault) => causes.invalid(`${at}.name`, name, fault)))
      if (group !== '') found.push(causes.notSupported(`${at}.apiGroup`, group, ['']))
      if (needsNamespace && !textAt(subject, 'namespace')) found.push(causes.required(`${at}.namespace`))
      break
    case 'User':
    case 'Group':
      if (group !== 'rbac.authorization.k8s.io')
        found.push(causes.notSupported(`${at}.apiGroup`, group, ['rbac.authorization.k8s.io']))
      break
    default:
      found.push(causes.notSupported(`${at}.kind`, kind, ['ServiceAccount', 'User', 'Group']))
  }
  return found
}

export function bindingUpdateCauses(object: JsonObject, old: JsonObject): Cause[] {
  return isEqual(object.roleRef, old.roleRef)
    ? []
    : [causes.invalid('roleRef', object.roleRef, 'cannot change roleRef')]
}
