import type { Api } from '@fairlead/contract/client/create-api'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'

const PAGE = 50

/** Every call that waits and that the person may decide, first those that expire first. */
export async function readWaiting(api: Api): Promise<ApprovalItem[]> {
  const found: ApprovalItem[] = []
  let cursor: string | undefined
  do {
    const { items, next_cursor } = await api.call('GET /approvals', { query: { limit: PAGE, cursor } })
    found.push(...items)
    cursor = next_cursor ?? undefined
  } while (cursor !== undefined)
  return found
}
