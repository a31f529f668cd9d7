import { z } from 'zod'
import { chartText } from '../../helm-cli/release-record.ts'
import { optional } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { showTable } from '../../output/show-table.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { noRelease, pendingWarning, revisionsOf } from '../shared/newest-release.ts'
import { anyNamespace, release } from '../shared/params.ts'

const header = ['REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION', 'DESCRIPTION'] as const

export const helmHistory = defineTool({
  name: 'helm_history',
  title: 'Get Helm Release History',
  description: 'List the newest revisions of a release, oldest first. To go back to one use helm_rollback.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({
    release_name: release,
    namespace: anyNamespace,
    max_revisions: optional('max_revisions', integer(1, 256), 10),
  }),
  async run({ release_name, namespace, max_revisions }, context) {
    const { helm, now } = context
    const place = { release: release_name, namespace: namespace ?? context.defaultNamespace }
    const heads = await revisionsOf(place, context)
    const [newest] = heads
    if (newest === undefined) throw await noRelease(place, context)
    const shown = heads.slice(0, max_revisions).toReversed()
    const rows = await Promise.all(
      shown.map(async (head) => {
        try {
          const record = await helm.records.read(head)
          const { last_deployed = '', status = '', description = '' } = record.info
          return [
            String(head.revision),
            last_deployed,
            status,
            chartText(record),
            record.chart?.metadata?.appVersion ?? '',
            description,
          ]
        } catch (error) {
          if (!(error instanceof ToolError) || error.code !== 'Invalid') throw error
          return [String(head.revision), head.modified ?? '', 'unreadable', '', '', '']
        }
      }),
    )
    const warning = pendingWarning(newest, now())
    const table = showTable({ header, rows, noun: 'revisions', namespace: place.namespace, hasMore: false }, context)
    return { ...table, total_items: heads.length, ...(warning !== undefined && { warnings: [warning] }) }
  },
})
