import { z } from 'zod'
import { showTable } from '../../output/show-table.ts'
import { defineTool } from '../shared/define-tool.ts'

export const helmListRepos = defineTool({
  name: 'helm_list_repos',
  title: 'List Helm Repositories',
  description: 'List the chart repositories of this tool server. For the charts in them use helm_search_repo.',
  group: 'helm-extra',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({}),
  async run(_, context) {
    const repositories = await context.helm.repositories()
    const rows = [...repositories].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, url]) => [name, url])
    const none = 'No chart repositories are configured here. helm_repo_add adds one.'
    return showTable(
      { header: ['NAME', 'URL'], rows, noun: 'repositories', namespace: undefined, hasMore: false, none },
      context,
    )
  },
})
