import type { Effect } from '@fairlead/contract/effect/effect'
import { Refusal } from '@fairlead/contract/errors'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import type { CallRow } from '../event-log/record/calls.ts'
import { type Asking, type DecideContext, type Decider, findDecidable } from './find-decidable.ts'
import type { ApprovalRow } from './read-approvals.ts'
import { openSeals } from './sealed-texts.ts'
import { unmaskedEffect } from './unmasked-effect.ts'
import { wireEffect } from './wire-effect.ts'

/**
 * The effect with the texts that would be written, for whoever may decide the call while it waits, and the proof that
 * they were had. On the record before anybody has them.
 */
export async function unmask(context: DecideContext, of: Asking): Promise<{ effect: Effect; shown: string }> {
  const { call, origin, approval } = await findDecidable(context, of)
  if (!approval?.effect || approval.effect_digest === null) throw new Refusal('effectUnknown')
  const { revision, effect_digest } = approval
  const texts = openSeals(approval.effect, approval.seals ?? [], context.redactionKey)
  const { effect, isWhole } = unmaskedEffect(approval.effect, texts)
  if (!isWhole) {
    const reason =
      'A text that would run cannot be opened: engine and tool server need the same REDACTION_KEY. Set it, and have the change proposed anew.'
    throw new Refusal('unmaskFirst', { reason })
  }
  await recordAudit(context.db, {
    actor: of.decider.email,
    actor_ip: of.decider.address,
    user_id: origin.user_id,
    conversation_id: call.conversation_id,
    run_id: call.run_id,
    call_id: call.call_id,
    type: 'effect.unmasked',
    data: { tool: call.tool, revision, effect_digest, masks: texts.filter((text) => text !== undefined).length },
  })
  const shown = context.shown.sign({ user_id: of.decider.id, call_id: call.call_id, revision, effect_digest })
  return { effect: wireEffect(effect), shown }
}

export function hidesWhatRuns({ masks = [] }: Effect): boolean {
  return masks.some(({ executable }) => executable)
}

type Shown = {
  call: CallRow
  approval: Pick<ApprovalRow, 'revision' | 'effect_digest'>
  decider: Decider
  shown: string | null | undefined
}

/** Whether the person has had the text of this very effect. */
export function isShown({ shown: tokens }: DecideContext, { call, approval, decider, shown }: Shown): boolean {
  const { revision, effect_digest } = approval
  if (!shown || effect_digest === null) return false
  return tokens.says(shown, { user_id: decider.id, call_id: call.call_id, revision, effect_digest })
}
