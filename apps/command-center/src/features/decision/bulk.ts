import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { decideRight, type Viewer } from '@fairlead/client/decision/decide-right'
import type { BulkDecision } from '../conversation/live-state.ts'
import { knownEffect } from '../effect/known-effect.ts'
import { hidesRunning } from '../effect/use-written.ts'

/** Digests of what was on the screen when the list was opened. */
export type Listed = { callId: string; argsDigest: string; effectDigest: string }

export type BulkChoice = {
  /** Decided by the one request, as listed. */
  taken: { call: CallView; listed: Listed }[]
  /** Not in it, and why. */
  left: { call: CallView; why: string; isHiding?: boolean }[]
}

const HIDING = 'text that would run is hidden, and was not shown'

export function listedOf(calls: readonly CallView[]): Listed[] {
  return calls.flatMap(({ call_id, args_digest, effect_digest }) =>
    args_digest === undefined || effect_digest === undefined
      ? []
      : [{ callId: call_id, argsDigest: args_digest, effectDigest: effect_digest }],
  )
}

type ChoiceOf = {
  listed: readonly Listed[]
  approve: boolean
  reason: string
  viewerOf: (call: CallView) => Viewer
  /** Proof that what a call hides was shown. */
  shownOf?: (call: CallView) => string | undefined
}

/**
 * Which calls one request may decide: only what was listed, with the digests it was listed with. `calls` are those
 * that were listed, as they stand now.
 */
export function bulkChoice(calls: readonly CallView[], of: ChoiceOf): BulkChoice {
  const choice: BulkChoice = { taken: [], left: [] }
  for (const call of calls) {
    const listed = of.listed.find(({ callId }) => callId === call.call_id)
    const why = whyNot(call, listed, of)
    if (listed !== undefined && why === undefined) choice.taken.push({ call, listed })
    else choice.left.push({ call, why: why ?? 'its effect is not known yet', isHiding: why === HIDING })
  }
  return choice
}

function whyNot(
  call: CallView,
  listed: Listed | undefined,
  { approve, reason, viewerOf, shownOf }: ChoiceOf,
): string | undefined {
  const right = decideRight(call, viewerOf(call))
  if (call.status !== 'awaiting_approval' && call.status !== 'pending') return 'it does not wait any more'
  if (listed === undefined || !call.effect) return 'its effect is not known yet'
  if (listed.argsDigest !== call.args_digest || listed.effectDigest !== call.effect_digest) {
    return 'its effect was replaced meanwhile'
  }
  if (approve && call.required?.passkey) return 'it takes a passkey'
  if (!(approve ? right.canApprove : right.canDeny)) return decapitalised(right.why ?? 'it cannot be decided now')
  if (approve && hidesRunning(knownEffect(call.effect)?.masks, { shown: shownOf?.(call), mustShow: false }))
    return HIDING
  if (approve && call.required?.reason && reason.trim() === '') return 'it takes a reason'
  return undefined
}

/** Approving one of these asks for the number of calls. */
export function isGrave(call: CallView, destructiveTools?: ReadonlySet<string>): boolean {
  const effect = knownEffect(call.effect)
  return (
    effect?.risk === undefined ||
    effect.risk === 'high' ||
    effect.objects.some(({ action }) => action === 'delete') ||
    isDestructive(call, destructiveTools)
  )
}

/** A tool that does not say is taken for one. */
function isDestructive({ annotations, tool }: CallView, tools: ReadonlySet<string> | undefined): boolean {
  if (annotations !== undefined) return annotations.destructiveHint ?? true
  return tools?.has(tool) ?? true
}

export function decisionsOf(
  choice: BulkChoice,
  { approve, reason, shownOf }: Pick<ChoiceOf, 'approve' | 'reason' | 'shownOf'>,
): BulkDecision[] {
  const why = reason.trim()
  return choice.taken.map(({ call, listed }) => {
    const shown = shownOf?.(call)
    return {
      call_id: listed.callId,
      approve,
      args_digest: listed.argsDigest,
      effect_digest: listed.effectDigest,
      ...(why !== '' && { reason: why }),
      ...(shown !== undefined && { shown }),
    }
  })
}

function decapitalised(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1).replace(/\.$/, '')
}
