import { z } from 'zod'
import { repositoryUrl } from '../../input/chart.ts'
import { required } from '../../input/parameter.ts'
import { text } from '../../input/reader.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { repositoryName } from '../shared/repository-name.ts'
import { repositoryPlan } from '../shared/repository-plan.ts'

export const helmRepoAdd = defineTool({
  name: 'helm_repo_add',
  title: 'Add Helm Repository',
  description: 'Add a chart repository to this tool server. Charts of oci:// and https:// need none.',
  changes: 'add',
  idempotent: true,
  openWorld: true,
  input: z.object({
    name: required('name', text(repositoryName)),
    url: required('url', text(repositoryUrl)),
  }),
  async plan({ name, url }, context) {
    const { helm } = context
    await helm.requireAllowed(url)
    const [known] = [(await helm.repositories()).get(name), await helm.version()]
    if (known !== undefined && known !== url)
      throw new ToolError(
        'AlreadyExists',
        `repository ${name} is ${known} here; another URL under that name would change what its charts are.`,
        {
          hint: 'Remove it first, or take another name.',
        },
      )
    return repositoryPlan(
      {
        name,
        before: known,
        after: url,
        args: ['repo', 'add'],
        operands: [name, url],
        summary: known === undefined ? `Add chart repository ${name} (${url})` : `Repository ${name} is there already`,
        undo: { tool: 'helm_repo_remove', args: { name } },
        done: `repository ${name} added`,
      },
      context,
    )
  },
})
