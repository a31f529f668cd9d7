import { z } from 'zod'
import type { HelmContext } from '../../helm-cli/helm-context.ts'
import { chartText, type ReleaseRecord } from '../../helm-cli/release-record.ts'
import { newestOfEach, type RecordHead, recordKey } from '../../helm-cli/release-records.ts'
import { requireOneScope } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { bool } from '../../input/reader.ts'
import { showTable } from '../../output/show-table.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { pendingWarning } from '../shared/newest-release.ts'
import { anyNamespace } from '../shared/params.ts'

const header = ['NAME', 'NAMESPACE', 'REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION'] as const
const MAX_RELEASES = 256
const AT_ONCE = 8

export const helmListReleases = defineTool({
  name: 'helm_list_releases',
  title: 'List Helm Releases',
  description: 'List releases with revision, status and chart, in any state. For one of them use helm_status.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ namespace: anyNamespace, all_namespaces: optional('all_namespaces', bool, false) }),
  async run(args, context) {
    requireOneScope(args)
    const namespace = args.all_namespaces ? undefined : (args.namespace ?? context.defaultNamespace)
    const { records } = context.helm
    // What no later revision has replaced is the newest of nearly every release, so it is read beside the labels.
    const [found, current] = await Promise.all([records.heads(namespace), records.pickCurrent(namespace, cellsOf)])
    const all = newestOfEach(found)
    const heads = all.slice(0, MAX_RELEASES)
    const rows = await readRows(heads, current, context)
    const warnings = heads.flatMap((head) => {
      const warning = pendingWarning(head, context.now())
      return warning === undefined ? [] : [`"${head.release}": ${warning}`]
    })
    const shown = showTable({ header, rows, noun: 'releases', namespace, hasMore: all.length > heads.length }, context)
    return { ...shown, ...(warnings.length > 0 && { warnings }) }
  },
})

/** What the table says of a record beside its labels. */
type RecordCells = { deployed: string | undefined; chart: string; appVersion: string }

function cellsOf(record: ReleaseRecord): RecordCells {
  const { info, chart } = record
  return { deployed: info.last_deployed, chart: chartText(record), appVersion: chart?.metadata?.appVersion ?? '' }
}

async function readRows(
  heads: readonly RecordHead[],
  current: ReadonlyMap<string, RecordCells>,
  context: HelmContext,
): Promise<string[][]> {
  const rows: string[][] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < heads.length; index = next++) {
      const head = heads[index]
      if (head !== undefined) rows[index] = await rowOf(head, current.get(recordKey(head)), context)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, heads.length) }, worker))
  return rows
}

/** One that is broken takes the others from nobody. */
async function rowOf(head: RecordHead, known: RecordCells | undefined, { helm }: HelmContext): Promise<string[]> {
  const { release, namespace, revision, status, modified = '' } = head
  const cells = (state: string, of?: RecordCells): string[] => [
    ...[release, namespace, String(revision), of?.deployed ?? modified, state],
    ...[of?.chart ?? '', of?.appVersion ?? ''],
  ]
  try {
    return cells(status, known ?? cellsOf(await helm.records.read(head)))
  } catch (error) {
    if (error instanceof ToolError && (error.code === 'Invalid' || error.code === 'NotFound'))
      return cells('unreadable')
    throw error
  }
}
