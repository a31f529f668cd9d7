/** Events of a run, as short as a test may write them. */
export const ready = { type: 'ready' }
export const generation = { type: 'generation.start', model: 'a/model', tools_available: 3 }
export const token = (text: string) => ({ type: 'token', text, tokens_generated: 1 })
export const spoken = (content: string) => ({
  type: 'generation.complete',
  content,
  tokens_generated: 1,
  tool_calls: 0,
})
export const end = (status: 'completed' | 'stopped' | 'awaiting_approval' = 'completed') => [
  { type: 'completed', status: status === 'stopped' ? 'stopped' : 'completed', duration: 1, duration_ms: 1000 },
  { type: 'workflow_complete', status, result: { done: true } },
]
export const failure = (error: string) => [
  { type: 'workflow.error', error },
  { type: 'completed', status: 'error', duration: 1, duration_ms: 1000 },
  { type: 'workflow_error', error, status: 'error' },
]
export const proposed = (...ids: string[]) => ({
  type: 'tools.pending',
  tools: ids.map((call_id) => ({
    call_id,
    tool: 'k8s_scale',
    title: 'Scale',
    args: { replicas: 5 },
    requires_approval: true,
    timestamp: 1,
    class: 'write',
    args_digest: 'a'.repeat(64),
    annotations: {},
  })),
})
export const effectOf = (summary: string) => ({
  summary,
  risk: 'low',
  reasons: [],
  basis: 'server',
  objects: [],
  generated: [],
  pins: {},
})
export const waiting = (call_id: string, revision = 1) => ({
  type: 'tool.awaiting_approval',
  call_id,
  tool: 'k8s_scale',
  title: 'Scale',
  args: { replicas: 5 },
  args_digest: 'a'.repeat(64),
  effect_digest: String(revision).repeat(64),
  effect: effectOf(`scale, revision ${revision}`),
  revision,
  expires_at: null,
  required: { approvers: 1, not_requester: false, reason: false, passkey: false },
  votes: [],
  policies: [],
})
export const ofCall = (type: string, call_id: string, more: Record<string, unknown> = {}) => ({
  type,
  call_id,
  tool: 'k8s_scale',
  title: 'Scale',
  args: { replicas: 5 },
  ...more,
})
