import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'

/** A call asks once for each revision. */
export function itemKey({ call_id, revision }: Pick<ApprovalItem, 'call_id' | 'revision'>): string {
  return `${call_id} ${revision}`
}

/** What began to wait since the last look; at the first look nothing is new. */
export function freshItems(items: readonly ApprovalItem[], known: ReadonlySet<string> | undefined): ApprovalItem[] {
  return known === undefined ? [] : items.filter((item) => !known.has(itemKey(item)))
}
