import type { KubeObject } from '../../../effect/kube-object.ts'
import type { KubeContext } from '../../../kube/kube-context.ts'
import { conditionTable } from '../../../output/condition-table.ts'
import { fields, type Lines, outline, partOf, section, tableSection } from '../../../output/report.ts'
import { type Layout, partsOf } from './layout.ts'

export const namespaceLayout: Layout = async (object, context) => {
  const { status } = partsOf<object, { phase: string }>(object)
  return [
    ...fields([['Status', status.phase]]),
    ...conditionTable(status),
    ...(await partOf('Quotas', quotas(object, context))),
    ...(await partOf('Limit ranges', limitRanges(object, context))),
  ]
}

type Amounts = Record<string, string>

async function quotas({ metadata }: KubeObject, { kube }: KubeContext): Promise<Lines> {
  const { items } = await kube.list(await kube.resolve('resourcequotas'), { namespace: metadata.name })
  const rows = items.flatMap((quota) => {
    const { hard = {}, used = {} } = (quota.status ?? {}) as { hard?: Amounts; used?: Amounts }
    return Object.entries(hard).map(([resource, most]) => [quota.metadata.name, resource, used[resource] ?? '0', most])
  })
  return tableSection('Quotas', ['NAME', 'RESOURCE', 'USED', 'HARD'], rows)
}

async function limitRanges({ metadata }: KubeObject, { kube }: KubeContext): Promise<Lines> {
  const { items } = await kube.list(await kube.resolve('limitranges'), { namespace: metadata.name })
  return section(
    'Limit ranges',
    items.flatMap((range) => section(range.metadata.name, outline((range.spec as { limits?: unknown })?.limits ?? []))),
  )
}

type Version = { name: string; served: boolean; storage: boolean; deprecated?: boolean }
type CrdSpec = {
  group: string
  scope: string
  names: { kind: string; plural: string; shortNames?: string[]; categories?: string[] }
  versions: Version[]
  conversion: { strategy?: string }
}

export const crdLayout: Layout = (object) => {
  const { spec, status } = partsOf<CrdSpec>(object)
  return [
    ...fields([
      ['Group', spec.group],
      ['Kind', spec.names?.kind],
      ['Plural', spec.names?.plural],
      ['Short names', spec.names?.shortNames],
      ['Categories', spec.names?.categories],
      ['Scope', spec.scope],
      ['Conversion', spec.conversion?.strategy],
    ]),
    ...tableSection(
      'Versions',
      ['NAME', 'SERVED', 'STORED', 'DEPRECATED'],
      (spec.versions ?? []).map(({ name, served, storage, deprecated = false }) => [name, served, storage, deprecated]),
    ),
    ...conditionTable(status),
  ]
}
