import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { VisibleText } from '../values/visible-text.tsx'
import type { KnownEffect } from './known-effect.ts'
import { Warning } from './risk-line.tsx'

/** Why the call asks again: what was seen before does not hold any more. */
export function RevisionNote({ call, effect }: { call: CallView; effect: KnownEffect | undefined }) {
  const { before, revision = 1 } = call
  if (before === undefined) {
    return revision > 1 ? <Warning>Asked again: this is revision {revision} of the call.</Warning> : null
  }
  const { approvedBy, reason, votes } = before
  const formerSummary = before.effect?.summary
  return (
    <Warning>
      {approvedBy === undefined ? (
        // Whether it was approved is known from events alone: a record that was read later does not tell it.
        <>
          The effect has changed since it was shown. Nothing was written.
          {reason !== undefined && (
            <>
              {' '}
              <VisibleText text={`${reasonText(reason)}.`} />
            </>
          )}
        </>
      ) : (
        <>
          Approved by {approvedBy} at revision {before.revision}, but changed since
          {reason !== undefined && (
            <>
              : <VisibleText text={reasonText(reason)} />
            </>
          )}
          . Nothing was written.
        </>
      )}
      {formerSummary !== undefined && formerSummary !== effect?.summary && (
        <>
          {' '}
          Formerly:{' '}
          <s>
            <VisibleText text={formerSummary} />
          </s>
          .
        </>
      )}
      {votes.length > 0 && (
        <>
          {' '}
          Earlier approvals do not count: <s>{votes.map(({ by }) => by).join(', ')}</s>.
        </>
      )}
    </Warning>
  )
}

/** The engine's reason, without what the sentence around it says anyway. */
function reasonText(reason: string): string {
  return reason.replace(/\s*Nothing was written\.?\s*$/i, '').replace(/[.\s]+$/, '')
}
