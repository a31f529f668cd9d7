import { CLOCK_SKEW_SECONDS, type GrantClaims } from '@fairlead/contract/call/grant'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { InputRequiredResult } from '@modelcontextprotocol/server'
import type { Caller } from '../kube/caller.ts'
import type { Cluster } from '../kube/cluster.ts'
import { baseUserAgent } from '../kube/kube.ts'
import type { Forwards } from '../kube/pod-streams/forward-ports.ts'
import { createPodStreams } from '../kube/pod-streams/pod-streams.ts'
import { ToolError } from '../tool/tool-error.ts'
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
import { rightsOf } from './rights.ts'
import { verify } from './verify.ts'
import type { WriteCallInHand } from './write-call.ts'
import { createWriter } from './writer.ts'

export type GateDependencies = {
  mode: 'grant' | 'read-only' | 'confirm'
  checkGrant: GrantChecker
  confirmation: Confirmation
  readIdentity: ((token: unknown) => Promise<Identity>) | undefined
  writeTimeoutMs: number
  /** Undefined where callers are on other machines. */
  forwards: Forwards | undefined
}

/** What the host of a call in `confirm` mode can do, or has brought. */
export type Host = { cannotAsk?: { why: string; instead: string }; answer?: ConfirmationAnswer }

export type WriteRequest = {
  inHand: WriteCallInHand
  form: Form
  /** That the call is for. */
  cluster: Cluster
  identity: Identity | undefined
  caller: Caller
  /** Whoever this call counts for. */
  countedAs: string
  host: Host
  /** A warning of the API server on the way. */
  heed: (warning: string) => void
  /** Ids for the audit line, as soon as they are known. */
  known: (ids: { call_id?: string; jti: string }) => void
}

/** Every call of a write tool comes through here; only the last step of `executeWith` can change anything. */
export async function answerWrite(
  request: WriteRequest,
  deps: GateDependencies,
): Promise<ToolAnswer | InputRequiredResult> {
  const { inHand, form, cluster, caller } = request
  switch (form.form) {
    case 'read':
      return executeRead(inHand, createPodStreams({ cluster, caller, userAgent: baseUserAgent }, deps.forwards))
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
  { inHand, cluster }: WriteRequest,
  rights: readonly unknown[],
  { readIdentity }: GateDependencies,
): Promise<ToolAnswer> {
  const identities = await Promise.all(rights.map((token) => readRequired(token, readIdentity)))
  const computed = await computeEffect(inHand, {})
  const answer = previewAnswer(computed)
  if (identities.length === 0) return answer
  return { ...answer, rights: await rightsOf(identities, computed, { cluster, signal: inHand.context.signal }) }
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
  const { tool, args, call } = inHand
  if (grant === undefined && call.isReadOnly)
    throw grantRefused(
      'missing',
      'the command only looks, but EXEC_READ_ALLOWLIST is off here, so it needs a grant, and the call carries none.',
    )
  const claims = await deps.checkGrant({ grant, tool: tool.name, args, identity })
  known({ call_id: claims.call_id, jti: claims.jti })
  const permit = { effect_digest: claims.effect_digest, pins: claims.pins, until: untilOf(claims, inHand) }
  return executeWith(request, { permit, mark: `call/${claims.call_id}` }, deps)
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
  const { inHand, host, countedAs, known, cluster } = request
  const confirmed = { tool: inHand.tool.name, args: inHand.args, caller: countedAs }
  if (host.answer !== undefined) {
    const permit = await deps.confirmation.permit(confirmed, host.answer)
    known({ jti: permit.id })
    return executeWith(request, { permit, mark: `confirmed/${permit.id}` }, deps)
  }
  requireNamedCluster(inHand)
  const computed = await computeEffect(inHand, {})
  if (computed.changes.length === 0) return settledAnswer(writtenAnswer(computed, [], 0), computed)
  if (host.cannotAsk !== undefined) throw cannotAsk(host.cannotAsk)
  return deps.confirmation.ask(confirmed, { computed, cluster: { ...cluster.known, server: cluster.server } })
}

/** Whoever confirms reads a name, and should not have to know which one is taken where none was given. */
function requireNamedCluster({ args, context: { clusters } }: WriteCallInHand): void {
  const isNamed = args.context !== undefined && args.context !== null
  if (clusters.length === 1 || isNamed) return
  const names = clusters.map(({ name }) => name).toSorted()
  throw new ToolError(
    'InvalidArgument',
    `context is missing: this server has ${clusters.length} clusters, and a write says which one it is for. It is one of ${names.join(', ')}.`,
  )
}

function executeWith(
  { inHand, cluster, caller, heed }: WriteRequest,
  { permit, mark }: { permit: Permit; mark: string },
  { writeTimeoutMs, forwards }: GateDependencies,
): Promise<ToolAnswer> {
  const { now, settings } = inHand.context
  const { fieldManager } = settings
  const userAgent = `${baseUserAgent} ${mark}`
  const mayLeave = () => {
    if (now().getTime() >= permit.until) throw permitOver()
  }
  const writer = createWriter({ cluster, caller, fieldManager, userAgent, timeoutMs: writeTimeoutMs, mayLeave, heed })
  const streams = createPodStreams({ cluster, caller, userAgent, mayLeave }, forwards)
  return execute(inHand, { permit, writer, streams, heed })
}
