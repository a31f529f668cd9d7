import type { Verdict } from '@fairlead/contract/effect/effect'

/** For a change of which nobody knows whether it was carried out. */
export const unknownOutcome = {
  title: 'Outcome unknown',
  sentence: 'This change may or may not have taken effect. It was not sent again.',
} as const

/** What reading the cluster back has shown of a change, without a subject: each place adds its own. */
export const verdictTexts: Readonly<Record<Verdict, string>> = {
  as_approved: 'as approved',
  differs: 'differs from what was approved',
  not_yet: 'not yet as approved',
  unreadable: 'could not be read back',
}
