import { randomUUID } from 'node:crypto'
import { BUILTIN_SERVER } from '@fairlead/agent/propose-calls'
import { argsDigest } from '@fairlead/contract/json/digest'
import type { Logger } from '@fairlead/service-kit/logger'
import { approveOwnRequest } from '../../approvals/approve-own-request.ts'
import type { Db } from '../../db/database.ts'
import { recordAudit } from '../../event-log/audit/record-audit.ts'
import { type CallRow, insertCalls, readCall } from '../../event-log/record/calls.ts'
import { type CallArguments, type ToolServer, ToolServerUnavailable } from '../../mcp-client/connect-tools.ts'
import { createPreview } from '../approval/preview-write.ts'
import { endOfStale, type RequestApprovalAgain } from '../approval/request-approval-again.ts'
import type { CallParts } from '../compose-calls.ts'
import { createEndCall, type EndCall } from '../end-call.ts'
import { identityMeta } from '../identity-meta.ts'
import type { RunUser } from '../run-user.ts'
import { createToolCaller } from '../tool-caller.ts'
import { createToolTrust } from '../tool-trust.ts'
import { composeWrites } from '../write/compose-writes.ts'
import { ownPosition, ownRecord } from './own-record.ts'

export type OwnWriteRequest = {
  tool: string
  /** As they stand in the record. */
  args: CallArguments
  /** Sent in place of those of the same name, and recorded nowhere. */
  hidden?: CallArguments
  /** Whose request is the approval. */
  by: RunUser & { address: string }
  /** What was asked for, in words. */
  request: string
}

export type OwnWriteEnd = { outcome: 'succeeded' } | { outcome: 'failed' | 'unknown'; error: string }

/**
 * A write of the engine's own, which belongs to no conversation. It takes the way of every write: preview, approval,
 * attempt, grant, verification, audit; the request of an administrator is the approval. Never rejects for a fault of the
 * tool server or of the way to it.
 */
export type OwnWrite = (request: OwnWriteRequest) => Promise<OwnWriteEnd>

export function createOwnWrite(
  parts: Omit<CallParts, 'feed'> & {
    /** Aborted when the engine is to stop. */
    signal: AbortSignal
    log: Logger
  },
): OwnWrite {
  const { engineId, db, grants, settings, signal, log } = parts
  // Only a person who stops a run leaves a write behind.
  const goOnInBackground = (work: Promise<unknown>) =>
    void work.catch((error: unknown) => log.error({ err: error }, 'A write of the engine went wrong'))
  return async ({ tool, args, hidden = {}, by, request }) => {
    const tools = withHidden(parts.tools, hidden)
    const trust = createToolTrust(tools, signal)
    const toolCaller = createToolCaller({
      tools,
      identity: () => identityMeta({ grants, audience: settings.grantAudience }, by),
    })
    const call = await propose(db, { tool, args, digest: argsDigest({ ...args, ...hidden }), by, trust })
    const own = { user_id: by.id, run_id: call.run_id }
    const record = ownRecord(db, own)
    const { commitStep } = record
    const endCall = createEndCall({ db, record, toolResultMaxChars: settings.toolResultMaxChars })
    const position = ownPosition(own)
    const end = async (error: string): Promise<OwnWriteEnd> => {
      await endCall({ call, position, end: { outcome: 'failed', error } })
      return { outcome: 'failed', error }
    }
    // Nobody vouches for another tool of that name, and what is hidden is not for it.
    if (!(await trust.isTrusted(call))) return await end('The tool server does not list this tool as it was released.')
    const previewWrite = createPreview({
      ...{ isTrusted: trust.isTrusted, callTool: toolCaller.call, signal },
      ...{ addressOf: tools.addressOf, credentialsNamespace: undefined },
    })
    const previewed = await previewWrite(call)
    if ('error' in previewed) return await end(previewed.error)
    const { effect, effect_digest } = previewed
    await db.transaction((tx) => approveOwnRequest(tx, { call, effect, effect_digest, by, request }))
    const { executeWrite } = composeWrites(
      { ...parts, tools },
      {
        ...{ toolCaller, trust, endCall, commitStep, signal, goOnInBackground, log },
        requester: () => by,
        holder: { engine: engineId, run_id: call.run_id, epoch: 1 },
        requestApprovalAgain: failWhenStale(endCall),
        sendEvent: () => undefined,
      },
    )
    await executeWrite({ ...call, status: 'approved' }, position)
    return endOf(await readCall(db, call.call_id))
  }
}

/** The tool server as it is sent what the record does not show. */
function withHidden(tools: ToolServer, hidden: CallArguments): ToolServer {
  return {
    ...tools,
    sentArguments: (name, args) => tools.sentArguments(name, { ...args, ...hidden }),
    call: (call) => tools.call({ ...call, args: { ...call.args, ...hidden } }),
  }
}

type Proposed = Pick<OwnWriteRequest, 'tool' | 'args' | 'by'> & {
  digest: string
  trust: ReturnType<typeof createToolTrust>
}

async function propose(db: Db, { tool, args, digest, by, trust }: Proposed): Promise<CallRow> {
  const call_id = `own_${randomUUID().replaceAll('-', '')}`
  const row = {
    ...{ call_id, run_id: randomUUID(), ordinal: 0, provider_id: call_id, server: BUILTIN_SERVER, tool },
    ...{ class: 'write' as const, args: { ...args }, args_digest: digest },
  }
  const listed = await trust.currentTool({ tool }).catch((error: unknown) => {
    if (error instanceof ToolServerUnavailable) return undefined
    throw error
  })
  await db.transaction(async (tx) => {
    await insertCalls(tx, [{ ...row, title: listed?.title ?? tool, tool_digest: listed?.digest }])
    await recordAudit(tx, {
      actor: by.email,
      actor_ip: by.address,
      user_id: by.id,
      ...{ run_id: row.run_id, call_id },
      type: 'call.proposed',
      data: { tool, args, args_digest: digest, class: 'write' },
    })
  })
  const call = await readCall(db, call_id)
  if (call === undefined) throw new Error(`Call ${call_id} is not in the record`)
  return call
}

/** Nobody is there to be asked again. */
function failWhenStale(endCall: EndCall): RequestApprovalAgain {
  return async (call, { cause, position }) => {
    const stale = 'stale' in cause ? cause.stale : undefined
    const error = 'What would be written changed before it was written. Nothing was written.'
    const end = { outcome: 'failed', error } as const
    await endCall({ call, position, end, progress: stale?.progress, ...(stale && endOfStale(call, stale)) })
    return 'done'
  }
}

function endOf(call: CallRow | undefined): OwnWriteEnd {
  if (call?.status === 'completed') return { outcome: 'succeeded' }
  const outcome = call?.status === 'error' ? 'failed' : 'unknown'
  return { outcome, error: call?.error ?? 'The write was still under way.' }
}
