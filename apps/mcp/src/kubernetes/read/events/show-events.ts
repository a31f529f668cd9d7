import type { KubeContext } from '../../../kube/kube-context.ts'
import { ageOf } from '../../../output/age.ts'
import { redactText } from '../../../output/redact.ts'
import { alignTable } from '../../../output/table.ts'
import { cutRows } from '../../../output/truncate.ts'
import type { ToolResult } from '../../../tool/define-tool.ts'
import type { EventGroup } from './group-events.ts'

/** Of one question; a busy cluster keeps more than that, and only all of them have the newest among them. */
export const MAX_EVENTS = 5_000
const LONGEST_MESSAGE = 500
const MAX_NAMED = 3

const columns = ['LAST SEEN', 'TYPE', 'REASON', 'COUNT', 'OBJECT', 'MESSAGE'] as const

type Found = {
  limit: number
  /** Undefined: objects of all namespaces, which then are named with theirs. */
  namespace: string | undefined
  /** There are more than were read. */
  hasMore: boolean
}

/** Events as a table, equal ones of several objects in one row. */
export function showEvents(
  groups: readonly EventGroup[],
  { limit, namespace, hasMore }: Found,
  { settings, now }: Pick<KubeContext, 'settings' | 'now'>,
): ToolResult {
  const gap = hasMore ? [`[only ${MAX_EVENTS} events were read; narrow with namespace, kind, name or types]`] : []
  if (groups.length === 0) {
    const where = namespace === undefined ? '' : ` in ${namespace} namespace`
    return { output: [`No events found${where}.`, ...gap].join('\n'), namespace, total_items: 0, returned_items: 0 }
  }
  const rows = groups
    .slice(0, limit)
    .map((group) => cellsOf(group, namespace === undefined, now()).map((cell) => redactText(cell)))
  const [header, ...lines] = alignTable(columns, rows)
  const cut = cutRows(header, lines, {
    most: settings.maxOutputChars,
    narrow: 'kind, name, types, since or limit',
    total: groups.length,
  })
  const shown = rows.slice(0, cut.returned)
  return {
    output: [cut.output, ...gap].join('\n'),
    namespace,
    truncated: cut.truncated || hasMore,
    total_items: cut.total,
    returned_items: cut.returned,
    data: { rows: shown.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))) },
  }
}

function cellsOf(
  { type, reason, count, objects, message, lastSeen }: EventGroup,
  isOfAll: boolean,
  now: Date,
): string[] {
  const names = objects.map(({ kind, name, namespace }) =>
    isOfAll && namespace ? `${kind}/${namespace}/${name}` : `${kind}/${name}`,
  )
  const more = names.length > MAX_NAMED ? ` +${names.length - MAX_NAMED}` : ''
  // Masked before it is cut, so that no secret is cut in two.
  const whole = redactText(message)
  const text = whole.length > LONGEST_MESSAGE ? `${whole.slice(0, LONGEST_MESSAGE)}…` : whole
  return [ageOf(lastSeen, now), type, reason, String(count), `${names.slice(0, MAX_NAMED).join(',')}${more}`, text]
}
