import { CLOCK_SKEW_SECONDS, type GrantClaims } from '@fairlead/contract/call/grant'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { InputRequiredResult } from '@modelcontextprotocol/server'
import type { CallPurpose } from './call-purpose.ts'
import { computeEffect } from './compute-effect.ts'
import { type Confirmation, type ConfirmationAnswer, cannotAsk } from './confirm/confirm.ts'
import { execute, type Permit } from './execute.ts'
import { executeRead } from './execute-read.ts'
import { settledAnswer, writtenAnswer } from './execution-answer.ts'
import type { GatedWriteCall } from './gated-write-call.ts'
import type { GrantChecker } from './grant/check-grant.ts'
import type { Identity } from './grant/identity.ts'
import { grantRefused, permitOver } from './grant/refused.ts'
import { previewAnswer } from './preview.ts'
import { verify } from './verify.ts'

export type GateDependencies = {
  mode: 'grant' | 'read-only' | 'confirm'
  checkGrant: GrantChecker
  confirmation: Confirmation
  readIdentity: ((token: unknown) => Promise<Identity>) | undefined
}

/** What the host of a call in `confirm` mode can do, or has brought. */
export type Host = { cannotAsk?: { why: string; instead: string }; answer?: ConfirmationAnswer }

export type WriteRequest = {
  writeCall: GatedWriteCall
  purpose: CallPurpose
  identity: Identity | undefined
  /** The user or peer whose limits this call counts against. */
  countedAs: string
  host: Host
  /** What the caller is to know of a write that succeeded. */
  warn: (warning: string) => void
  /** Ids for the log line of the call, as soon as they are known. */
  known: (ids: { call_id?: string; jti: string }) => void
}

/** Every call of a write tool comes through here; only the last step of `executeWith` can change anything. */
export async function answerWrite(
  request: WriteRequest,
  deps: GateDependencies,
): Promise<ToolAnswer | InputRequiredResult> {
  const { writeCall, purpose } = request
  switch (purpose.kind) {
    case 'read':
      return executeRead(writeCall)
    case 'preview':
      return answerPreview(request, purpose.rights, deps)
    case 'verify':
      return verify(writeCall, purpose.request)
    case 'execute':
      return executeGranted(request, purpose.grant, deps)
    case 'ungranted':
      return deps.mode === 'confirm' ? confirmAndExecute(request, deps) : executeGranted(request, undefined, deps)
  }
}

async function answerPreview(
  { writeCall }: WriteRequest,
  rights: readonly unknown[],
  { readIdentity }: GateDependencies,
): Promise<ToolAnswer> {
  const identities = await Promise.all(rights.map((token) => readRequired(token, readIdentity)))
  const computed = await computeEffect(writeCall, {})
  const answer = previewAnswer(computed)
  if (identities.length === 0) return answer
  const changing = computed.changes.map(({ objectPlan }) => objectPlan)
  return { ...answer, rights: await writeCall.target.rights(identities, changing) }
}

function readRequired(token: unknown, readIdentity: GateDependencies['readIdentity']): Promise<Identity> {
  if (readIdentity === undefined)
    throw grantRefused('unknown_key', 'no keys are configured, so no identity can be read.')
  return readIdentity(token)
}

async function executeGranted(request: WriteRequest, grant: unknown, deps: GateDependencies): Promise<ToolAnswer> {
  const { writeCall, identity, known } = request
  if (deps.mode !== 'grant')
    throw grantRefused('unknown_key', 'this server takes no grants: it asks its user (MCP_MODE=confirm).')
  const { tool, args, isReadOnly } = writeCall
  if (grant === undefined && isReadOnly)
    throw grantRefused(
      'missing',
      'the command only looks, but EXEC_READ_ALLOWLIST is off here, so it needs a grant, and the call carries none.',
    )
  const claims = await deps.checkGrant({ grant, tool: tool.name, args, identity })
  known({ call_id: claims.call_id, jti: claims.jti })
  const permit = { effect_digest: claims.effect_digest, pins: claims.pins, until: untilOf(claims, writeCall) }
  return executeWith(request, { permit, mark: `call/${claims.call_id}` })
}

/** A grant that comes after its end, in the time that differing clocks allow, has that time; any other ends as it says. */
function untilOf({ exp }: GrantClaims, { context }: GatedWriteCall): number {
  const end = exp * 1000
  return context.now().getTime() < end ? end : end + CLOCK_SKEW_SECONDS * 1000
}

async function confirmAndExecute(
  request: WriteRequest,
  deps: GateDependencies,
): Promise<ToolAnswer | InputRequiredResult> {
  const { writeCall, host, countedAs, known } = request
  const confirmed = { tool: writeCall.tool.name, args: writeCall.args, caller: countedAs }
  if (host.answer !== undefined) {
    const permit = await deps.confirmation.permit(confirmed, host.answer)
    known({ jti: permit.id })
    return executeWith(request, { permit, mark: `confirmed/${permit.id}` })
  }
  writeCall.target.requireNamed(writeCall.args)
  const computed = await computeEffect(writeCall, {})
  if (computed.changes.length === 0) return settledAnswer(writtenAnswer(computed, [], 0), computed)
  if (host.cannotAsk !== undefined) throw cannotAsk(host.cannotAsk)
  return deps.confirmation.ask(confirmed, { computed, heading: writeCall.target.heading })
}

function executeWith(
  { writeCall, warn }: WriteRequest,
  { permit, mark }: { permit: Permit; mark: string },
): Promise<ToolAnswer> {
  const { target, context } = writeCall
  const requireTime = () => {
    if (context.now().getTime() >= permit.until) throw permitOver()
  }
  return execute(writeCall, { permit, sender: target.openSender({ mark, requireTime, warn }) })
}
