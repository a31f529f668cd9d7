import type { Action } from '@fairlead/contract/may'

/** What a person lacks, and who can give it. */
export function rightText(right: Action): { title: string; text: string } {
  if (right === 'see-approvals')
    return {
      title: 'This account decides no approvals',
      text: 'It is read-only and has no right to approve. An administrator can give it the right to approve, or let it propose changes.',
    }
  return {
    title: 'This page is for administrators',
    text: 'This account is not one. An administrator can change its role.',
  }
}
