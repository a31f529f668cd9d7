import { type ClaimedHead, readHead } from './signed-head.ts'

/** A head as it is kept: where it has columns of its own, they must say what is signed. */
export type KeptHead = { jws: string; columns?: { seq: number; hash: string }; isFromOutside?: boolean }
export type NextHead = {
  jws: string
  head: ClaimedHead | undefined
  seq: number
  hasOwnColumns: boolean
  isFromOutside: boolean
}

/** Heads in the order of the rows that they sign, read one ahead. */
export async function headsAhead(heads: AsyncIterable<KeptHead> | Iterable<KeptHead>) {
  const iterator = Symbol.asyncIterator in heads ? heads[Symbol.asyncIterator]() : heads[Symbol.iterator]()
  const read = async (): Promise<NextHead | undefined> => {
    const { done, value } = await iterator.next()
    if (done) return undefined
    const { jws, columns, isFromOutside = false } = value
    const head = readHead(jws)
    const hasOwnColumns = columns === undefined || (columns.seq === head?.seq && columns.hash === head.hash)
    return { jws, head, seq: columns?.seq ?? head?.seq ?? Number.POSITIVE_INFINITY, hasOwnColumns, isFromOutside }
  }
  let next = await read()
  return {
    get next(): NextHead | undefined {
      return next
    },
    /** Takes the next head if it signs this row or one before it. */
    async take(upTo: number): Promise<NextHead | undefined> {
      if (next === undefined || next.seq > upTo) return undefined
      const taken = next
      next = await read()
      return taken
    },
  }
}
