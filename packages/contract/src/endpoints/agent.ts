import { z } from 'zod'
import { toolAnnotations } from '../tool/tool-meta.ts'
import { decisionInput } from './approvals.ts'
import { defineEndpoint } from './define-endpoint.ts'

/** Whose absence is a 400 with its own text is optional here; the handler answers it. */
const chatMessage = z.looseObject({ role: z.unknown().optional(), content: z.unknown().optional() })

export const chat = defineEndpoint({
  method: 'POST',
  path: '/agent/chat',
  access: 'owner',
  answers: 'stream',
  input: z.object({ messages: z.array(chatMessage).optional(), conversation_id: z.string().nullish() }),
})

export const decideAsOwner = defineEndpoint({
  method: 'POST',
  path: '/agent/approvals/:call_id',
  access: 'owner',
  answers: 'stream',
  params: z.object({ call_id: z.string() }),
  input: decisionInput.extend({ conversation_id: z.string().optional() }),
})

export const stop = defineEndpoint({
  method: 'POST',
  path: '/agent/stop',
  access: 'owner',
  answers: 'json',
  input: z.object({ conversation_id: z.string(), run_id: z.string() }),
  output: z.object({ status: z.literal('stopped'), conversation_id: z.string(), run_id: z.string() }),
})

export const listTools = defineEndpoint({
  method: 'GET',
  path: '/agent/tools',
  access: 'user',
  answers: 'json',
  output: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      annotations: toolAnnotations,
      tags: z.array(z.string()),
      server: z.string(),
      digest: z.string(),
      pinned: z.boolean(),
    }),
  ),
})

/** The cluster facts that the model is given and every client's header shows. */
export const clusterFacts = z.object({
  context: z.string(),
  server: z.string().nullable(),
  version: z.string().nullable(),
  reachable: z.boolean(),
  nodes: z.int().nullable(),
  namespaces: z.int().nullable(),
  current_namespace: z.string().nullable(),
  sandbox: z.boolean(),
  identity: z.string().nullable(),
})
export type ClusterFacts = z.infer<typeof clusterFacts>

export const context = defineEndpoint({
  method: 'GET',
  path: '/agent/context',
  access: 'user',
  answers: 'json',
  output: z.object({
    engine: z.object({ version: z.string() }),
    clusters: z.array(clusterFacts),
    model: z.object({ id: z.string(), demo: z.boolean() }),
    helm: z.boolean(),
    argo_rollouts: z.boolean(),
    jenkins: z.boolean(),
  }),
})
export type AgentContext = z.infer<(typeof context)['output']>

/** Proposes the undo that the call's effect recorded, as a new call of a new run, without the model. */
export const undoCall = defineEndpoint({
  method: 'POST',
  path: '/agent/undo/:call_id',
  access: 'owner',
  answers: 'stream',
  params: z.object({ call_id: z.string() }),
  input: z.object({ conversation_id: z.string() }),
})

/** Replays the run from the start, or after `Last-Event-ID`, then follows it. */
export const runEvents = defineEndpoint({
  method: 'GET',
  path: '/agent/runs/:run_id/events',
  access: 'owner',
  answers: 'stream',
  params: z.object({ run_id: z.string() }),
})

export const agentEndpoints = { chat, decideAsOwner, stop, listTools, context, undoCall, runEvents } as const
