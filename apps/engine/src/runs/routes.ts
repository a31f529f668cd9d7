import type { CatalogueTool } from '@fairlead/agent/tool-offer'
import type { agentEndpoints } from '@fairlead/contract/endpoints/agent'
import type { Endpoints } from '@fairlead/contract/endpoints/endpoints'
import { Refusal, SchemaRefusal } from '@fairlead/contract/errors'
import { type Decided, decide } from '../approvals/decide.ts'
import type { DecideContext } from '../approvals/find-decidable.ts'
import { readApproval } from '../approvals/read-approvals.ts'
import { whyReadOnly } from '../auth/why-read-only.ts'
import { findOwnConversation } from '../conversations/find-conversation.ts'
import type { Db } from '../db/database.ts'
import { isOthers } from '../event-log/audit/read-audit.ts'
import { type RunReader, runStream } from '../event-log/follow-run.ts'
import { readCall, readUndosOf } from '../event-log/record/calls.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import type { Handlers } from '../http/handlers.ts'
import { isUuid } from '../http/is-uuid.ts'
import { type ToolServer, ToolServerUnavailable } from '../mcp-client/connect-tools.ts'
import type { ClusterFactsReader } from './cluster-facts.ts'
import { readRun } from './run-rows.ts'
import type { Runs } from './runs.ts'

type AgentEndpoints = keyof typeof agentEndpoints

export type AgentRoutePorts = {
  db: Db
  runs: Runs
  reader: RunReader
  tools: ToolServer
  facts: ClusterFactsReader
  decisions: DecideContext
  /** Tells everybody concerned of a decision. */
  publishDecision(decided: Decided, decider: AuthenticatedUser & { address: string }): void
  /** Whether there is an active integration with a Jenkins. */
  hasJenkins(): Promise<boolean>
  about: { version: string; model: { id: string; demo: boolean } }
}

const MAX_MESSAGE_LENGTH = 32_000

export function agentHandlers(ports: AgentRoutePorts): Pick<Handlers<Endpoints>, AgentEndpoints> {
  return { ...startingHandlers(ports), ...runHandlers(ports), ...aboutHandlers(ports) }
}

type Follow = (of: { id: string; title?: string | null }, runId: string, after?: number) => ReturnType<typeof runStream>

function followWith(reader: RunReader): Follow {
  return (of, runId, after = 0) =>
    runStream(reader, { run_id: runId, conversation_id: of.id, after, isTitled: Boolean(of.title) })
}

/** What starts a run, and streams it. */
function startingHandlers(ports: AgentRoutePorts): Pick<Handlers<Endpoints>, 'chat' | 'decideAsOwner' | 'undoCall'> {
  const { db, runs, reader, tools } = ports
  const follow = followWith(reader)
  return {
    chat: async ({ input, user, address }) => {
      const content = lastUserMessage(input.messages)
      const conversationId = input.conversation_id ?? undefined
      const { claim, opening } = await runs.chat({ conversationId, user: { ...user, address }, content })
      const { run_id, conversation_id } = claim
      return runStream(reader, { run_id, conversation_id, after: 0, isTitled: opening?.isTitled, isNew: true })
    },
    decideAsOwner: async ({ input, params, user, address }) => {
      const { conversation_id, ...decision } = input
      if (conversation_id === undefined || conversation_id === '') throw new Refusal('conversationIdRequired')
      const conversation = await findOwnConversation(db, conversation_id, user)
      const call = await readCall(db, params.call_id)
      if (call?.conversation_id !== conversation_id) throw new Refusal('toolCallNotFound')
      const decider = { ...user, address }
      const decided = await decide(ports.decisions, { callId: params.call_id, decider, decision })
      ports.publishDecision(decided, decider)
      return follow(conversation, await runs.wake({ conversationId: conversation_id, user: decider }))
    },
    undoCall: async ({ input, params, user, address, signal }) => {
      const { conversation_id } = input
      const conversation = await findOwnConversation(db, conversation_id, user)
      const reason = whyReadOnly(user)
      if (reason !== undefined) throw new Refusal('decisionNotAllowed', { reason })
      const undone = await readCall(db, params.call_id)
      if (undone?.conversation_id !== conversation_id) throw new Refusal('toolCallNotFound')
      const undo = await undoOf(db, undone)
      const tool = toolOf(await listOrRefuse(tools, signal), undo.tool)
      const caller = { ...user, address }
      const { claim } = await runs.undo({ conversationId: conversation_id, user: caller, undone, undo, tool })
      return follow(conversation, claim.run_id)
    },
  }
}

/** What is done with a run that there is. */
function runHandlers({ db, runs, reader }: AgentRoutePorts): Pick<Handlers<Endpoints>, 'stop' | 'runEvents'> {
  const follow = followWith(reader)
  return {
    stop: async ({ input, user }) => {
      const { conversation_id, run_id } = input
      await findOwnConversation(db, conversation_id, user, 'runNotFound')
      if (!isUuid(run_id)) throw new Refusal('runNotFound')
      await runs.stop({ conversationId: conversation_id, runId: run_id, userId: user.id })
      return { status: 'stopped', conversation_id, run_id }
    },
    runEvents: async ({ params, user, headers }) => {
      const { run, conversation } = await findOwnRun(db, params.run_id, user)
      return follow(conversation, run.id, cursorOf(headers['last-event-id']))
    },
  }
}

/** What a client may know of tools, clusters and model. */
function aboutHandlers({
  tools,
  facts,
  hasJenkins,
  about,
}: AgentRoutePorts): Pick<Handlers<Endpoints>, 'listTools' | 'context'> {
  return {
    listTools: async ({ signal }) => {
      const listed = await listOrRefuse(tools, signal)
      const offered = listed.filter(({ unavailable }) => unavailable === undefined)
      return offered.map(({ name, title, annotations, tags, server, digest, pinned }) => ({
        name,
        title,
        annotations,
        tags,
        server,
        digest,
        pinned,
      }))
    },
    context: async ({ user }) => {
      const { clusters } = await facts.read(user)
      return {
        engine: { version: about.version },
        clusters: clusters.map(({ argo_rollouts, helm_releases, read_at, ...known }) => known),
        model: about.model,
        helm: clusters.some(({ helm_releases }) => helm_releases),
        argo_rollouts: clusters.some(({ argo_rollouts }) => argo_rollouts),
        jenkins: await hasJenkins(),
      }
    },
  }
}

/** The run and its conversation, if it is the user's: who may not see it is told the same when it has gone. */
async function findOwnRun(db: Db, id: string, user: { id: string }) {
  const run = isUuid(id) ? await readRun(db, id) : undefined
  if (run !== undefined)
    return { run, conversation: await findOwnConversation(db, run.conversation_id, user, 'runNotFound') }
  if (await isOthers(db, { id, of: 'run_id', userId: user.id })) throw new Refusal('notYourConversation')
  throw new Refusal('runNotFound')
}

/** The only message that counts; history is the engine's own. Throws what the wire promises for each fault. */
function lastUserMessage(messages: readonly { role?: unknown; content?: unknown }[] | undefined): string {
  if (messages === undefined || messages.length === 0) throw new Refusal('messagesRequired')
  if (messages.every(({ content }) => isEmpty(content))) throw new Refusal('noValidMessages')
  const isUsers = ({ role, content }: { role?: unknown; content?: unknown }) =>
    role === 'user' && typeof content === 'string' && !isEmpty(content)
  const index = messages.findLastIndex(isUsers)
  const content = messages[index]?.content
  if (typeof content !== 'string') {
    throw new SchemaRefusal([
      { type: 'value_error', loc: ['body', 'messages'], msg: 'No message of the user', input: messages },
    ])
  }
  if (content.length > MAX_MESSAGE_LENGTH) {
    const msg = `String should have at most ${MAX_MESSAGE_LENGTH} characters`
    const loc = ['body', 'messages', index, 'content']
    throw new SchemaRefusal([
      { type: 'string_too_long', loc, msg, input: `${content.slice(0, 80)}…`, ctx: { max_length: MAX_MESSAGE_LENGTH } },
    ])
  }
  return content
}

function isEmpty(content: unknown): boolean {
  return content === undefined || content === null || (typeof content === 'string' && content.trim() === '')
}

async function listOrRefuse(tools: ToolServer, signal: AbortSignal) {
  try {
    return await tools.list(signal)
  } catch (error) {
    if (error instanceof ToolServerUnavailable) throw new Refusal('toolsUnavailable', { cause: error })
    throw error
  }
}

/** The undo that the effect of a succeeded call recorded, unless it was taken already. */
async function undoOf(db: Db, call: { call_id: string; revision: number; status: string }) {
  const approval = await readApproval(db, call.call_id, call.revision)
  const undo = approval?.effect?.undo
  if (call.status !== 'completed' || undo === undefined || 'impossible' in undo) throw new Refusal('nothingToUndo')
  const before = await readUndosOf(db, call.call_id)
  const isTaken = before.some(({ status }) => !['denied', 'error', 'cancelled', 'expired'].includes(status))
  if (isTaken) throw new Refusal('nothingToUndo')
  return undo
}

function toolOf(listed: readonly CatalogueTool[], name: string): CatalogueTool {
  const tool = listed.find((candidate) => candidate.name === name)
  if (tool === undefined || tool.unavailable !== undefined) throw new Refusal('nothingToUndo')
  return tool
}

function cursorOf(lastEventId: string | string[] | undefined): number {
  return typeof lastEventId === 'string' && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : 0
}
