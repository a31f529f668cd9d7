import type { SettledApproval } from '../feed/approvals-store.ts'

/** What became of a call, in one sentence. */
export function settledText({ status, by }: Pick<SettledApproval, 'status' | 'by'>): string {
  if (status === 'expired') return 'Expired. Nothing was done.'
  if (status === 'cancelled') return 'Cancelled. Nothing was done.'
  return `${status === 'approved' ? 'Approved' : 'Denied'}${by === undefined ? '' : ` by ${by}`}.`
}
