import type { Call, Plan } from '../plan/plan.ts'
import { makeChange, whyNot } from '../requests/make-change.ts'
import type { Assignments } from './read-delivery.ts'

/** A change that was ordered: proposed, and told of once it is made. */
export function* propose(
  call: Call,
  { says, before, offered }: { says: string; before?: string; offered: ReadonlySet<string> },
): Plan<string> {
  const say = `${before === undefined ? '' : `- ${before}\n\n`}I propose to ${says}. It waits for your approval.`
  const made = yield* makeChange([call], { say, offered })
  if (made.kind === 'not-offered') return `${say}\n\n${whyNot(made)}`
  if (made.kind === 'unknown') return `It is not known whether the change took effect: ${made.text.trim()}`
  if (made.kind !== 'answered') return whyNot(made)
  return `Done: ${made.text.trim()}`
}

/** Values and parameters as a person reads them before they decide. */
export function assignmentWords(values: Assignments): string {
  return Object.entries(values)
    .map(([name, value]) => `\`${name}\` = \`${value}\``)
    .join(', ')
}
