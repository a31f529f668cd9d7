'use client'

import { useStore } from 'zustand'
import type { Approvals, ApprovalsState } from './approvals-store.ts'
import { useFeedStores } from './feed-provider.tsx'

export type ApprovalsActions = Pick<Approvals, 'refresh' | 'refreshOne' | 'decide' | 'decideMany'>

/** Part of what waits for this person; draws again only when that part is another one. */
export function useApprovals<Part>(select: (state: ApprovalsState) => Part): Part {
  return useStore(useFeedStores().approvals.store, select)
}

/** The same at each drawing. */
export function useApprovalsActions(): ApprovalsActions {
  return useFeedStores().approvals
}
