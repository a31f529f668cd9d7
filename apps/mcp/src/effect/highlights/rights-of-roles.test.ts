import { describe, expect, it } from 'vitest'
import { objectOf } from './highlights-of.fixture.ts'
import { plainlyRead } from './plainly-read.fixture.ts'
import { rightsOfRoles } from './rights-of-roles.ts'

const rbac = 'rbac.authorization.k8s.io/v1'
/** Path, fact and what makes it high risk. */
const rightsOf = (...of: Parameters<typeof objectOf>) =>
  rightsOfRoles(plainlyRead(objectOf(...of))).map(({ group, path, fact, highRiskReason, of }) => {
    expect(group).toBe('rights')
    return { path, fact, of, ...(highRiskReason !== undefined && { highRiskReason }) }
  })

describe('a rule', () => {
  const ofRule = (rule: object) => rightsOf(rbac, 'Role', { rules: [rule] })
  const rule = (fact: string, highRiskReason?: string) => [
    { path: '/rules/0', fact, of: 'rules', ...(highRiskReason !== undefined && { highRiskReason }) },
  ]
  it.each<[string, object, ReturnType<typeof rule>]>([
    [
      'of resources in groups',
      { apiGroups: ['', 'apps'], resources: ['pods', 'x'], verbs: ['get', 'list'] },
      // The group of the core is told as it is quoted: only an empty one is left out.
      rule('may «get», «list» «pods».«», «pods».«apps», «x».«», «x».«apps»'),
    ],
    ['of resources without a group', { resources: ['pods'], verbs: ['get'] }, rule('may «get» «pods»')],
    ['of addresses', { nonResourceURLs: ['/metrics'], verbs: ['get'] }, rule('may «get» «/metrics»')],
    [
      'of both, by name',
      { resources: ['pods'], resourceNames: ['a', 'b'], nonResourceURLs: ['/x'], verbs: ['get'] },
      rule('may «get» «pods», «/x» named «a», «b»'),
    ],
    ['without a verb', { resources: ['pods'], verbs: [] }, []],
    ['of nothing', { verbs: ['get'], resources: 'pods' }, []],
  ])('%s', (_, of, facts) => {
    expect(ofRule(of)).toEqual(facts)
  })

  it('quotes the verbs and no more where there is more', () => {
    expect(ofRule({ resources: [null, 'pods'], verbs: [1, '*'] })).toEqual(
      rule('may «*» «pods»', 'lets whoever has it «*» «pods»'),
    )
  })

  it.each(['*', 'escalate', 'bind', 'impersonate'])('that lets %s is a high risk', (verb) => {
    expect(ofRule({ resources: ['pods'], verbs: ['get', verb] })).toEqual(
      rule(`may «get», «${verb}» «pods»`, `lets whoever has it «get», «${verb}» «pods»`),
    )
  })

  it('is found wherever it lies, and in no group where that is empty', () => {
    const read = { object: objectOf('example.com/v1', 'Thing', {}), quote: () => '' }
    const object = { ...read.object, spec: { deep: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] } }
    const texts: Record<string, string> = { '/spec/deep/0/resources/0': 'pods', '/spec/deep/0/verbs/0': 'get' }
    expect(rightsOfRoles({ object, quote: (path) => texts[path] ?? '' })).toMatchObject([
      { path: '/spec/deep/0', fact: 'may get pods' },
    ])
  })
})

describe('a binding', () => {
  const binding = (name: string, ...subjects: object[]) =>
    rightsOf(rbac, 'RoleBinding', { roleRef: { kind: 'ClusterRole', name }, subjects })
  it('by whom it binds to what', () => {
    const subjects = [
      { kind: 'ServiceAccount', namespace: 'shop', name: 'web' },
      { kind: 'User', name: 'ada' },
    ]
    expect(binding('view', ...subjects)).toEqual([
      {
        path: '/subjects/0',
        fact: 'binds «ClusterRole» «view» to «ServiceAccount» «shop»/«web»',
        of: 'subjects',
      },
      { path: '/subjects/1', fact: 'binds «ClusterRole» «view» to «User» «ada»', of: 'subjects' },
    ])
    expect(binding('view')).toEqual([])
  })
  it('to all rights is a high risk', () => {
    expect(binding('cluster-admin', { kind: 'User', name: 'ada' })).toEqual([
      {
        path: '/subjects/0',
        fact: 'binds «ClusterRole» «cluster-admin» to «User» «ada»',
        of: 'subjects',
        highRiskReason: 'makes «User» «ada» cluster-admin',
      },
    ])
  })
  it('needs a role', () => {
    expect(rightsOf(rbac, 'RoleBinding', { subjects: [{ kind: 'User', name: 'ada' }] })).toEqual([])
  })
})

describe('a role that is put together', () => {
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] }
  it('by what it takes in', () => {
    expect(rightsOf(rbac, 'ClusterRole', { aggregationRule })).toEqual([
      {
        path: '/aggregationRule/clusterRoleSelectors/0',
        fact: 'may all that ClusterRoles selected by {"matchLabels":{"a":"b"}} may',
        of: 'rules',
      },
    ])
  })
  it('is a ClusterRole', () => {
    expect(rightsOf(rbac, 'Role', { aggregationRule })).toEqual([])
    expect(rightsOf(rbac, 'ClusterRole', {})).toEqual([])
  })
})

describe('a Secret that the server fills with a token', () => {
  const metadata = { name: 't', annotations: { 'kubernetes.io/service-account.name': 'boss' } }
  const type = 'kubernetes.io/service-account-token'
  it('by its account', () => {
    expect(rightsOf('v1', 'Secret', { type, metadata })).toEqual([
      {
        path: '/metadata/annotations/kubernetes.io~1service-account.name',
        fact: 'token of service account «boss»',
        of: '',
        highRiskReason: 'holds the token of service account «boss»',
      },
    ])
  })
  it('is of that type, and a Secret', () => {
    expect(rightsOf('v1', 'Secret', { type: 'Opaque', metadata })).toEqual([])
    expect(rightsOf('v1', 'ConfigMap', { type, metadata })).toEqual([])
  })
})
