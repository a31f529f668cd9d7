import { z } from 'zod'
import { defineTool } from '../shared/define-tool.ts'
import { nothingToUpdate, repositoryPlan } from '../shared/repository-plan.ts'

export const helmRepoUpdate = defineTool({
  name: 'helm_repo_update',
  title: 'Update Helm Repositories',
  description: 'Fetch the lists of charts of all repositories of this tool server again.',
  changes: 'add',
  idempotent: true,
  openWorld: true,
  input: z.object({}),
  async plan(_, context) {
    const repositories = await context.helm.repositories()
    if (repositories.size === 0) return nothingToUpdate()
    await context.helm.version()
    for (const url of repositories.values()) await context.helm.requireAllowed(url)
    const names = [...repositories.keys()].join(', ')
    return repositoryPlan(
      {
        name: names,
        before: [...repositories.values()].join(', '),
        after: [...repositories.values()].join(', '),
        isInvoked: true,
        args: ['repo', 'update'],
        operands: [],
        summary: `Update the chart repositories ${names}`,
        undo: { impossible: 'lists of charts that were replaced are gone' },
        done: `repositories ${names} updated`,
      },
      context,
    )
  },
})
