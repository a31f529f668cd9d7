import type { UsedGrants } from './used-grants.ts'
import { createUsedIds } from './used-ids.ts'

/** What this replica has seen used stays so, whatever has become of it in the store that it shares with others. */
export function rememberUsedGrants(store: UsedGrants, now: () => number = Date.now): UsedGrants {
  const known = createUsedIds(now)
  return {
    ...store,
    async spend(id, issuedAt) {
      if (known.has(id)) return 'used'
      const answer = await store.spend(id, issuedAt)
      if (answer === 'spent' || answer === 'used') known.add(id)
      return answer
    },
  }
}
