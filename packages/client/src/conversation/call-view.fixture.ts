import type { Effect } from '@fairlead/contract/effect/effect'
import type { CallView } from './conversation-view.ts'

export function effectOf(parts: Partial<Effect> = {}): Effect {
  return {
    summary: 'scale Deployment shop/web 3 -> 5',
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
        uid: 'u-1',
        action: 'update',
        changes: [{ path: '/spec/replicas', before: 3, after: 5 }],
        diff: '--- live Deployment shop/web\n+++ result Deployment shop/web\n@@ -4,3 +4,3 @@\n spec:\n-  replicas: 3\n+  replicas: 5\n   paused: false\n',
      },
    ],
    generated: [],
    pins: {},
    undo: { tool: 'k8s_scale', args: { name: 'web', replicas: 3 } },
    ...parts,
  }
}

/** A write that waits for its owner, unless said otherwise. */
export function callView(parts: Partial<CallView> = {}): CallView {
  return {
    call_id: 'call-1',
    tool: 'k8s_scale',
    title: 'Scale Kubernetes Resource',
    args: { name: 'web', resource_type: 'deployment', replicas: 5, namespace: 'shop' },
    status: 'awaiting_approval',
    requires_approval: true,
    timestamp: Date.parse('2026-11-21T10:00:00Z'),
    class: 'write',
    args_digest: '4f1c0a9e'.repeat(8),
    effect_digest: 'b07d31ce'.repeat(8),
    revision: 1,
    required: { approvers: 1, not_requester: false, reason: false, passkey: false },
    votes: [],
    policies: [],
    expires_at: '2026-11-22T10:00:00Z',
    effect: effectOf(),
    annotations: { destructiveHint: false },
    ...parts,
  } as CallView
}
