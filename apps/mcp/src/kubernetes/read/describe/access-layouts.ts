import { fields, tableSection } from '../../../output/report.ts'
import type { Layout } from './layout.ts'

type Rule = {
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
  nonResourceURLs?: string[]
  verbs?: string[]
}

export const roleLayout: Layout = ({ rules, aggregationRule }) => [
  ...fields([['Aggregated', aggregationRule === undefined ? undefined : true]]),
  ...tableSection(
    'Rules',
    ['RESOURCES', 'GROUPS', 'NAMES', 'URLS', 'VERBS'],
    ((rules ?? []) as Rule[]).map(
      ({ apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs = [] }) => [
        resources,
        apiGroups.map((group) => group || 'core'),
        resourceNames,
        nonResourceURLs,
        verbs,
      ],
    ),
  ),
]

type Subject = { kind: string; name: string; namespace?: string }

export const bindingLayout: Layout = ({ roleRef, subjects }) => {
  const { kind, name } = (roleRef ?? {}) as Partial<Subject>
  return [
    ...fields([['Role', `${kind}/${name}`]]),
    ...tableSection(
      'Subjects',
      ['KIND', 'NAME', 'NAMESPACE'],
      ((subjects ?? []) as Subject[]).map((subject) => [subject.kind, subject.name, subject.namespace ?? '']),
    ),
  ]
}

type Named = { name: string }

export const serviceAccountLayout: Layout = ({ secrets, imagePullSecrets, automountServiceAccountToken }) => [
  ...fields([
    ['Mountable secrets', ((secrets ?? []) as Named[]).map(({ name }) => name)],
    ['Image pull secrets', ((imagePullSecrets ?? []) as Named[]).map(({ name }) => name)],
    ['Token mounted', automountServiceAccountToken],
  ]),
]
