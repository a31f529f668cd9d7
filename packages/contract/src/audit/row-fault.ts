import { eventHash } from './event-hash.ts'
import type { Fault } from './fault.ts'
import type { SealedEvent } from './sealed-event.ts'

/** The row that was looked at last: `hash` is what the next one has to follow, `before` what it followed itself. */
export type Place = { seq: number; id: string | null; hash: string; before: string | null }
/** All rows once more, in their order, and the next place that was signed. */
export type Surroundings = {
  rows(): AsyncIterable<SealedEvent>
  nextHead: { seq: number; hash: string } | undefined
}

/** Whether the row is the next one of the chain. */
export function isNext(row: SealedEvent, last: Place): boolean {
  return row.seq === last.seq + 1 && row.prev_hash === last.hash && isWhole(row)
}

function isWhole(row: SealedEvent): boolean {
  try {
    return row.hash === eventHash(row.prev_hash, row)
  } catch {
    return false // a number that JSON does not carry: it has no hash, and the engine has never written it
  }
}

/** Names what has happened where a row is not the next one. It reads the whole chain again, in constant memory. */
export async function rowFault(row: SealedEvent, last: Place, around: Surroundings): Promise<Fault> {
  const seq = last.seq + 1
  const here = (problem: Fault['problem']): Fault => ({ seq, id: row.id, problem, of: 'row' })
  const gone: Fault = { seq, id: null, problem: 'removed', of: 'row' }
  const before = (problem: Fault['problem']): Fault => ({ seq: last.seq, id: last.id, problem, of: 'row' })
  const found = await searchChain(row, last, around)
  const isTwice = found.copies > 1
  // No row of the chain has ever stood before its beginning.
  const isAdded = isTwice || row.seq < 1
  if (row.seq <= last.seq) return { seq: row.seq, id: row.id, problem: isAdded ? 'added' : 'moved', of: 'row' }
  if (row.seq !== seq) return found.follower ? { seq, id: found.follower.id, problem: 'moved', of: 'row' } : gone
  if (row.prev_hash === last.hash) return here(found.otherFollower ? 'added' : 'changed')
  if (!isWhole(row)) return here(found.isFollowed ? 'changed' : 'added')
  // Whole, but it follows another row than the one before it.
  if (row.prev_hash === last.before) return before('added')
  if (found.predecessor) return here(isTwice ? 'added' : 'moved')
  if (found.isShifted) return gone
  return last.id === null ? here('changed') : before('changed')
}

async function searchChain(row: SealedEvent, last: Place, { rows, nextHead }: Surroundings) {
  const found = {
    /** The row that follows the last good one, wherever it stands, and whether there is one beside this row. */
    follower: undefined as SealedEvent | undefined,
    otherFollower: false,
    predecessor: false,
    isFollowed: false,
    copies: 0,
    /** The row that a head signed stands elsewhere now, or nowhere: one before it is gone. */
    isShifted: true,
  }
  for await (const other of rows()) {
    if (other.id === row.id) found.copies++
    if (other.hash === row.prev_hash) found.predecessor = true
    if (other.prev_hash === row.hash && other.seq === row.seq + 1) found.isFollowed = true
    if (other.prev_hash === last.hash) {
      found.follower ??= other
      if (other.id !== row.id) found.otherFollower = true
    }
    if (other.hash === nextHead?.hash && other.seq === nextHead.seq) found.isShifted = false
  }
  return found
}
