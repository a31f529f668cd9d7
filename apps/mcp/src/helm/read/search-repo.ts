import { z } from 'zod'
import { fetchError } from '../../helm-cli/helm-error.ts'
import { chartVersion } from '../../input/chart.ts'
import { keyword } from '../../input/free-text.ts'
import { optional, required } from '../../input/parameter.ts'
import { integer, text } from '../../input/reader.ts'
import { showTable } from '../../output/show-table.ts'
import { defineTool } from '../shared/define-tool.ts'

const header = ['NAME', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION'] as const

export const helmSearchRepo = defineTool({
  name: 'helm_search_repo',
  title: 'Search Helm Repositories',
  description: 'Search the chart repositories of this tool server by a word.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({
    keyword: required('keyword', text(keyword)),
    version: optional('version', text(chartVersion), null),
    max_col_width: optional('max_col_width', integer(10, 500), 50),
  }),
  async run({ keyword, version, max_col_width }, context) {
    const { helm } = context
    if ((await helm.repositories()).size === 0)
      return {
        output: 'No chart repositories are configured here. helm_repo_add adds one.',
        total_items: 0,
        returned_items: 0,
      }
    const versions = version === null ? [] : [`--version=${version}`]
    const end = await helm.run({ args: ['search', 'repo', '--output=json', ...versions], operands: [keyword] })
    if (end.code !== 0) throw fetchError(end)
    const found = JSON.parse(end.stdout || '[]') as {
      name: string
      version: string
      app_version: string
      description: string
    }[]
    const rows = found.map((each) => [
      each.name,
      each.version,
      each.app_version,
      shortened(each.description, max_col_width),
    ])
    return showTable(
      { header, rows, noun: 'charts', namespace: undefined, hasMore: false, none: 'No charts found.' },
      context,
    )
  },
})

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
