import { KEEP_SECONDS } from './used-grants.ts'

/** Ids that this process has seen used, forgotten after their time. */
export type UsedIds = {
  has(id: string): boolean
  /** False when it was there. */
  add(id: string): boolean
}

export function createUsedIds(now: () => number): UsedIds {
  const until = new Map<string, number>()
  const forget = () => {
    for (const [id, end] of until) {
      // In the order of their insertion, so the first that is still remembered ends it.
      if (end > now()) break
      until.delete(id)
    }
  }
  return {
    has(id) {
      forget()
      return until.has(id)
    },
    add(id) {
      forget()
      if (until.has(id)) return false
      until.set(id, now() + KEEP_SECONDS * 1000)
      return true
    },
  }
}
