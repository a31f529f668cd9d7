import { z } from 'zod'
import { required } from '../../input/parameter.ts'
import { text } from '../../input/reader.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { repositoryName } from '../shared/repository-name.ts'
import { repositoryPlan } from '../shared/repository-plan.ts'

export const helmRepoRemove = defineTool({
  name: 'helm_repo_remove',
  title: 'Remove Helm Repository',
  description: 'Remove a chart repository from this tool server; releases stay as they are.',
  changes: 'write',
  idempotent: true,
  openWorld: false,
  input: z.object({ name: required('name', text(repositoryName)) }),
  async plan({ name }, context) {
    const repositories = await context.helm.repositories()
    const known = repositories.get(name)
    if (known === undefined)
      throw new ToolError(
        'NotFound',
        `there is no chart repository "${name}" here. Known: ${[...repositories.keys()].join(', ') || 'none'}.`,
      )
    await context.helm.version()
    return repositoryPlan(
      {
        name,
        before: known,
        args: ['repo', 'remove'],
        operands: [name],
        summary: `Remove chart repository ${name} (${known})`,
        undo: { tool: 'helm_repo_add', args: { name, url: known } },
        done: `repository ${name} removed`,
      },
      context,
    )
  },
})
