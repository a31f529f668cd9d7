import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'

export function approvalItem(parts: Partial<ApprovalItem> = {}): ApprovalItem {
  return {
    call_id: 'call-1',
    conversation_id: 'conversation-1',
    requester: { id: 'u-1', email: 'dev@example.com', name: 'Dev' },
    request: 'get web ready for the sale',
    tool: 'k8s_scale',
    title: 'Scale Kubernetes Resource',
    effect: {
      summary: 'scale Deployment shop/web 3 -> 8',
      risk: 'low',
      reasons: [],
      basis: 'server',
      objects: [
        {
          cluster: 'prod-eu',
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'shop',
          name: 'web',
          action: 'update',
          changes: [{ path: '/spec/replicas', before: 3, after: 8 }],
        },
      ],
      generated: [],
      pins: {},
      undo: { tool: 'k8s_scale', args: { name: 'web', replicas: 3 } },
    },
    args_digest: 'a'.repeat(64),
    effect_digest: 'b'.repeat(64),
    revision: 1,
    status: 'awaiting_approval',
    required: { approvers: 1, not_requester: false, reason: false, passkey: false },
    votes: [],
    policies: [],
    expires_at: '2026-11-22T10:00:00Z',
    asked_at: '2026-11-21T10:00:00Z',
    ...parts,
  }
}
