import type { ObjectMeta } from '../../../effect/kube-object.ts'
import type { KubeContext } from '../../../kube/kube-context.ts'
import { ageOf } from '../../../output/age.ts'
import { redactText } from '../../../output/redact.ts'
import { readScope, type Scope } from './read-scope.ts'

type Cell = string | number | boolean | null
type ServerTable = {
  kind: string
  metadata?: { continue?: string; remainingItemCount?: number }
  columnDefinitions?: { name: string; priority?: number }[]
  rows?: { cells: Cell[]; object?: { metadata?: ObjectMeta } }[]
  items?: { metadata: ObjectMeta }[]
}

export type Row = { cells: string[]; namespace?: string; created?: string }
export type Rest = { continueToken: string; count?: number }

/** Rows of one type as the server shows them. The first column is the object's name. */
export type Table = { columns: string[]; rows: Row[]; rest?: Rest }

export type TableOptions = {
  wide: boolean
  /** Namespace and time of creation of each row: asked for only where they are shown, the server's answer is ten times as long. */
  metadata: boolean
  limit: number | null
  continueToken: string | null
}

const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

export async function readTable(
  { kube, now }: Pick<KubeContext, 'kube' | 'now'>,
  scope: Scope,
  { wide, metadata, limit, continueToken }: TableOptions,
): Promise<Table> {
  const query = { includeObject: metadata ? 'Metadata' : 'None' }
  const { pages, rest } = await readScope<ServerTable>(kube, scope, { query, accept, limit, continueToken })
  const definitions = pages[0]?.columnDefinitions
  if (definitions === undefined) return { ...plainTable(pages, now()), rest }
  const shown = definitions.flatMap(({ priority = 0 }, column) => (wide || priority === 0 ? [column] : []))
  const rows = pages.flatMap(({ rows = [] }) => {
    const cells = redactedCells(rows.map(({ cells }) => shown.map((column) => cellText(cells[column]))))
    return rows.map(({ object }, row) => ({
      cells: cells[row] ?? [],
      namespace: object?.metadata?.namespace,
      created: object?.metadata?.creationTimestamp,
    }))
  })
  return { columns: shown.map((column) => definitions[column]?.name ?? ''), rows, rest }
}

function cellText(cell: Cell | undefined): string {
  return cell === undefined || cell === null || cell === '' ? '<none>' : String(cell)
}

/** Redacted here, since the rows also stand in `data`; at once, since there is hardly ever anything to redact. */
function redactedCells(rows: string[][]): string[][] {
  const whole = rows.flat().join('\n')
  return redactText(whole) === whole ? rows : rows.map((cells) => cells.map((cell) => redactText(cell)))
}

/** What an extension server that makes no tables answers: objects, of which every kind has a name and an age. */
function plainTable(pages: readonly ServerTable[], now: Date): Table {
  const objects = pages.flatMap((page) => page.items ?? [page as unknown as { metadata: ObjectMeta }])
  const rows = objects.map(({ metadata: { name, namespace, creationTimestamp } }) => ({
    cells: [name, ageOf(creationTimestamp, now)],
    namespace,
    created: creationTimestamp,
  }))
  return { columns: ['Name', 'Age'], rows }
}
