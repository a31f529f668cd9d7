import { CLOCK_SKEW_SECONDS, type GrantClaims } from '@fairlead/contract/call/grant'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { InputRequiredResult } from '@modelcontextprotocol/server'
import { computeEffect } from './compute-effect.ts'
import { type Confirmation, type ConfirmationAnswer, cannotAsk } from './confirm/confirm.ts'
import { execute, type Permit } from './execute.ts'
import { executeRead } from './execute-read.ts'
import { settledAnswer, writtenAnswer } from './execution-answer.ts'
import type { Form } from './form.ts'
import type { GrantChecker } from './grant/check-grant.ts'
import type { Identity } from './grant/identity.ts'
import { grantRefused, permitOver } from './grant/refused.ts'
import { previewAnswer } from './preview.ts'
import { verify } from './verify.ts'
import type { WriteCallInHand } from './write-call.ts'

export type GateDependencies = {
  mode: 'grant' | 'read-only' | 'confirm'
  checkGrant: GrantChecker
  confirmation: Confirmation
  readIdentity: ((token: unknown) => Promise<Identity>) | undefined
}

/** What the host of a call in `confirm` mode can do, or has brought. */
export type Host = { cannotAsk?: { why: string; instead: string }; answer?: ConfirmationAnswer }

export type WriteRequest = {
  inHand: WriteCallInHand
  form: Form
  identity: Identity | undefined
  /** The user or peer whose limits this call counts against. */
  countedAs: string
  host: Host
  /** What the caller is to know of a write that succeeded. */
  warn: (warning: string) => void
  /** Ids for the audit line, as soon as they are known. */
  known: (ids: { call_id?: string; jti: string }) => void
}

/** Every call of a write tool comes through here; only the last step of `executeWith` can change anything. */
export async function answerWrite(
  request: WriteRequest,
  deps: GateDependencies,
): Promise<ToolAnswer | InputRequiredResult> {
  const { inHand, form } = request
  switch (form.form) {
    case 'read':
      return executeRead(inHand)
    case 'preview':
      return answerPreview(request, form.rights, deps)
    case 'verify':
      return verify(inHand, form.request)
    case 'execute':
      return executeGranted(request, form.grant, deps)
    case 'bare':
      return deps.mode === 'confirm' ? confirmAndExecute(request, deps) : executeGranted(request, undefined, deps)
  }
}

async function answerPreview(
  { inHand }: WriteRequest,
  rights: readonly unknown[],
  { readIdentity }: GateDependencies,
): Promise<ToolAnswer> {
  const identities = await Promise.all(rights.map((token) => readRequired(token, readIdentity)))
  const computed = await computeEffect(inHand, {})
  const answer = previewAnswer(computed)
  if (identities.length === 0) return answer
  const changing = computed.changes.map(({ objectPlan }) => objectPlan)
  return { ...answer, rights: await inHand.target.rights(identities, changing) }
}

function readRequired(token: unknown, readIdentity: GateDependencies['readIdentity']): Promise<Identity> {
  if (readIdentity === undefined)
    throw grantRefused('unknown_key', 'no keys are configured, so no identity can be read.')
  return readIdentity(token)
}

async function executeGranted(request: WriteRequest, grant: unknown, deps: GateDependencies): Promise<ToolAnswer> {
  const { inHand, identity, known } = request
  if (deps.mode !== 'grant')
    throw grantRefused('unknown_key', 'this server takes no grants: it asks its user (MCP_MODE=confirm).')
  const { tool, args, isReadOnly } = inHand
  if (grant === undefined && isReadOnly)
    throw grantRefused(
      'missing',
      'the command only looks, but EXEC_READ_ALLOWLIST is off here, so it needs a grant, and the call carries none.',
    )
  const claims = await deps.checkGrant({ grant, tool: tool.name, args, identity })
  known({ call_id: claims.call_id, jti: claims.jti })
  const permit = { effect_digest: claims.effect_digest, pins: claims.pins, until: untilOf(claims, inHand) }
  return executeWith(request, { permit, mark: `call/${claims.call_id}` })
}

/** A grant that comes after its end, in the time that differing clocks allow, has that time; any other ends as it says. */
function untilOf({ exp }: GrantClaims, { context }: WriteCallInHand): number {
  const end = exp * 1000
  return context.now().getTime() < end ? end : end + CLOCK_SKEW_SECONDS * 1000
}

async function confirmAndExecute(
  request: WriteRequest,
  deps: GateDependencies,
): Promise<ToolAnswer | InputRequiredResult> {
  const { inHand, host, countedAs, known } = request
  const confirmed = { tool: inHand.tool.name, args: inHand.args, caller: countedAs }
  if (host.answer !== undefined) {
    const permit = await deps.confirmation.permit(confirmed, host.answer)
    known({ jti: permit.id })
    return executeWith(request, { permit, mark: `confirmed/${permit.id}` })
  }
  inHand.target.requireNamed(inHand.args)
  const computed = await computeEffect(inHand, {})
  if (computed.changes.length === 0) return settledAnswer(writtenAnswer(computed, [], 0), computed)
  if (host.cannotAsk !== undefined) throw cannotAsk(host.cannotAsk)
  return deps.confirmation.ask(confirmed, { computed, heading: inHand.target.heading })
}

function executeWith(
  { inHand, warn }: WriteRequest,
  { permit, mark }: { permit: Permit; mark: string },
): Promise<ToolAnswer> {
  const { target, context } = inHand
  const requireTime = () => {
    if (context.now().getTime() >= permit.until) throw permitOver()
  }
  return execute(inHand, { permit, sender: target.openSender({ mark, requireTime, warn }) })
}
