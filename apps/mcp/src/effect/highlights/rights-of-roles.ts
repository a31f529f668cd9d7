import type { Fact, FactRule, Read } from './fact.ts'
import { at, type Part, partsOf, recordIn, recordsIn, stringsIn, textsIn } from './parts.ts'
import { shortened } from './shortened.ts'

/** Who may do what: rules and bindings, also those that a custom resource brings for its own accounts. */
export const rightsOfRoles: FactRule = (read) => [
  ...partsOf(read.object).flatMap((part) => [...ofRule(part, read), ...ofBinding(part, read)]),
  ...ofAggregation(read),
  ...ofTokenSecret(read),
]

const highRiskVerbs = new Set(['*', 'escalate', 'bind', 'impersonate'])

function ofRule(part: Part, { quote }: Read): Fact[] {
  const { path, value } = part
  const verbs = stringsIn(value.verbs)
  const isRule = verbs.length > 0 && (Array.isArray(value.resources) || Array.isArray(value.nonResourceURLs))
  if (!isRule) return []
  const quoted = (key: string) => textsIn(part, key).map((each) => quote(each.path))
  const named = quoted('resourceNames')
  const inGroups = quoted('apiGroups')
  const groups = inGroups.length > 0 ? inGroups : ['']
  const resources = quoted('resources').flatMap((each) =>
    groups.map((group) => (group === '' ? each : `${each}.${group}`)),
  )
  const what = [...resources, ...quoted('nonResourceURLs')].join(', ')
  const right = `${quoted('verbs').join(', ')} ${what}${named.length > 0 ? ` named ${named.join(', ')}` : ''}`
  const isHighRisk = verbs.some((verb) => highRiskVerbs.has(verb))
  const highRiskReason = `lets whoever has it ${shortened(right)}`
  return [{ group: 'rights', path, of: 'rules', fact: `may ${right}`, ...(isHighRisk && { highRiskReason }) }]
}

function ofBinding(part: Part, { quote }: Read): Fact[] {
  const role = recordIn(part, 'roleRef')
  if (role === undefined) return []
  const named = `${quote(at(role.path, 'kind'))} ${quote(at(role.path, 'name'))}`
  return recordsIn(part, 'subjects').map(({ path, value }): Fact => {
    const namespace = typeof value.namespace === 'string' ? `${quote(at(path, 'namespace'))}/` : ''
    const subject = `${quote(at(path, 'kind'))} ${namespace}${quote(at(path, 'name'))}`
    const fact = `binds ${named} to ${subject}`
    return {
      group: 'rights',
      path,
      of: 'subjects',
      fact,
      ...(role.value.name === 'cluster-admin' && { highRiskReason: `makes ${shortened(subject)} cluster-admin` }),
    }
  })
}

function ofAggregation({ object }: Read): Fact[] {
  const rule = recordIn({ path: '', value: object }, 'aggregationRule')
  if (object.kind !== 'ClusterRole' || rule === undefined) return []
  return recordsIn(rule, 'clusterRoleSelectors').map(({ path, value }) => {
    const fact = `may all that ClusterRoles selected by ${JSON.stringify(value)} may`
    return { group: 'rights', path, of: 'rules', fact }
  })
}

/** The server fills such a Secret with a token that never expires. */
function ofTokenSecret({ object, quote }: Read): Fact[] {
  const account = '/metadata/annotations/kubernetes.io~1service-account.name'
  if (object.kind !== 'Secret' || object.type !== 'kubernetes.io/service-account-token') return []
  const name = quote(account)
  const highRiskReason = `holds the token of service account ${shortened(name)}`
  return [{ group: 'rights', path: account, of: '', fact: `token of service account ${name}`, highRiskReason }]
}
