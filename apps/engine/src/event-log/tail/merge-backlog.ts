import type { TailEntry } from './live-tail.ts'

/** More entries than this waiting for one reader make it a slow one, for which pieces may be joined. */
export const backlogEntries = 1000

/** Joins neighbouring pieces of one text; the joined piece has the id and the counters of its last one. */
export function mergeBacklog(entries: readonly TailEntry[]): TailEntry[] {
  const merged: TailEntry[] = []
  let pieces: TailEntry[] = []
  const close = () => {
    const last = pieces.at(-1)
    if (last) merged.push(pieces.length === 1 ? last : joined(pieces, last))
    pieces = []
  }
  for (const entry of entries) {
    if (pieces[0] && pieces[0].type !== entry.type) close()
    if (entry.type === 'token' || entry.type === 'thinking') pieces.push(entry)
    else merged.push(entry)
  }
  close()
  return merged
}

function joined(pieces: readonly TailEntry[], last: TailEntry): TailEntry {
  const text = pieces.map(({ data }) => (JSON.parse(data) as { text: string }).text).join('')
  return { id: last.id, type: last.type, data: JSON.stringify({ ...JSON.parse(last.data), text }) }
}
