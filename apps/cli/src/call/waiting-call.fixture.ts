import type { Effect } from '@fairlead/contract/effect/effect'
import type { WaitingCall } from './waiting-call.ts'

/** The scaling of a Deployment, as a server sends it. */
export function scaling(own: { effect?: Partial<Effect> } & Omit<Partial<WaitingCall>, 'effect'> = {}): WaitingCall {
  const ref = {
    cluster: 'staging',
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    uid: 'u1',
  }
  const effect: Effect = {
    summary: 'scale Deployment shop/web 2 -> 5',
    risk: 'low',
    reasons: [],
    basis: 'server',
    objects: [
      {
        ...ref,
        action: 'update',
        changes: [{ path: '/spec/replicas', before: 2, after: 5 }],
        diff: '--- live\n+++ result\n@@ -1 +1 @@\n spec:\n-  replicas: 2\n+  replicas: 5\n',
      },
    ],
    generated: [],
    pins: {},
    undo: { tool: 'k8s_scale', args: { name: 'web', replicas: 2 } },
    ...own.effect,
  }
  return {
    callId: 'call_1',
    conversationId: 'c1',
    tool: 'k8s_scale',
    title: 'Scale',
    args: { name: 'web', replicas: 5 },
    argsDigest: 'a'.repeat(64),
    effectDigest: 'e'.repeat(64),
    revision: 1,
    votes: [],
    policies: [],
    taint: [],
    ...own,
    effect,
  }
}
