import type { KubeContext } from '../../../kube/kube-context.ts'
import { redactObject } from '../../../output/redact.ts'
import { alignTable } from '../../../output/table.ts'
import { cutRows } from '../../../output/truncate.ts'
import type { ToolResult } from '../../../tool/define-tool.ts'

type Rules = {
  resourceRules?: { verbs: string[]; apiGroups?: string[]; resources?: string[]; resourceNames?: string[] }[]
  nonResourceRules?: { verbs: string[]; nonResourceURLs?: string[] }[]
  /** The authorizer cannot list everything that it allows. */
  incomplete?: boolean
  evaluationError?: string
}

const columns = ['RESOURCES', 'NAMES', 'VERBS'] as const

/** All that the caller may do in a namespace, as far as the authorizer can list it. */
export async function showRules(namespace: string, { kube, settings }: KubeContext): Promise<ToolResult> {
  const reviewed = await kube.review<Rules>({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace },
  })
  const { resourceRules = [], nonResourceRules = [], incomplete, evaluationError } = redactObject(reviewed)
  const rows = [
    ...resourceRules.map(({ verbs, apiGroups = [], resources = [], resourceNames = [] }) => [
      resources.flatMap((resource) => apiGroups.map((group) => typeText(resource, group))).join(','),
      resourceNames.join(',') || '<any>',
      verbs.join(','),
    ]),
    ...nonResourceRules.map(({ verbs, nonResourceURLs = [] }) => [nonResourceURLs.join(','), '', verbs.join(',')]),
  ]
  const [header, ...lines] = alignTable(columns, rows)
  const cut = cutRows(header, lines, { most: settings.maxOutputChars, narrow: 'resource_type and verb' })
  const gap = incomplete ? `\nThe list is not complete${evaluationError ? ` (${evaluationError})` : ''}.` : ''
  return {
    output: cut.output + gap,
    truncated: cut.truncated,
    total_items: cut.total,
    returned_items: cut.returned,
    data: { complete: !incomplete },
  }
}

function typeText(resource: string, group: string): string {
  return group === '' ? resource : `${resource}.${group}`
}
