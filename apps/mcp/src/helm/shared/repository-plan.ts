import type { Undo } from '@fairlead/contract/effect/effect'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { HelmContext } from '../../helm-cli/helm-context.ts'
import { type HelmPlan, REPOSITORY_KIND } from '../../helm-cli/helm-plan.ts'

type RepositoryWrite = {
  name: string
  /** URLs. */
  before?: string
  after?: string
  /** Nothing of it changes: it is only asked to do something. */
  isInvoked?: boolean
  args: readonly string[]
  operands: readonly string[]
  summary: string
  undo: Undo
  done: string
}

/** A write to the repositories of this replica, which are no objects of a cluster. */
export function repositoryPlan(
  { name, before, after, isInvoked = false, args, operands, summary, undo, done }: RepositoryWrite,
  { helm }: Pick<HelmContext, 'helm'>,
): HelmPlan {
  const objectOf = (url: string): KubeObject => ({
    apiVersion: 'helm.sh/v1',
    kind: REPOSITORY_KIND,
    metadata: { name },
    url,
  })
  const note = helm.isPersistent
    ? ''
    : ' It is forgotten when this tool server ends (MCP_HELM_HOME); charts of oci:// and https:// need no repository.'
  return {
    objects: [
      {
        plan: async () => ({
          ref: { cluster: '', apiVersion: 'helm.sh/v1', kind: REPOSITORY_KIND, name },
          action: isInvoked ? 'invoke' : after === undefined ? 'delete' : before === undefined ? 'create' : 'update',
          ...(before !== undefined && { before: objectOf(before) }),
          ...(after !== undefined && { after: objectOf(after) }),
          basis: 'external',
          act: { what: 'repository', args, operands },
        }),
      },
    ],
    summary: () => summary,
    undo: () => (before === after && !isInvoked ? { impossible: 'nothing changes' } : undo),
    report: () => `${done}.${note}`,
  }
}

export function nothingToUpdate(): HelmPlan {
  return {
    objects: [],
    summary: () => 'No chart repositories are configured here',
    undo: () => ({ impossible: 'nothing changes' }),
    report: () => 'No chart repositories are configured here.',
  }
}
