import { verdictTexts } from '@fairlead/client/conversation/outcome-words'
import type { Verdict, Verification } from '@fairlead/contract/effect/effect'
import type { Colours } from '../terminal/colours.ts'
import { objectName } from './object-name.ts'
import { valueText } from './value-lines.ts'

/** What reading the cluster back has shown; what differs, path by path. */
export function verdictLines({ verdict, objects, waited_ms, reason }: Verification, colours: Colours): string[] {
  const waited = `${(waited_ms / 1000).toFixed(1)} s`
  const sentence: Record<Verdict, string> = {
    as_approved: colours.good(`Verified: the cluster is ${verdictTexts.as_approved}.`),
    differs: colours.loss(`Verified: the cluster ${verdictTexts.differs}.`),
    not_yet: colours.strong(`Not there yet after ${waited}.`),
    unreadable: colours.strong(`Not verified: ${reason ?? `the cluster ${verdictTexts.unreadable}.`}`),
  }
  const differences = (objects ?? []).flatMap(({ ref, differences: found }) =>
    found.map(
      ({ path, approved, actual }) =>
        `  ${objectName(ref)} ${valueText(path)}: approved ${valueText(approved)}, actual ${valueText(actual)}`,
    ),
  )
  return [sentence[verdict] ?? `Verdict: ${valueText(verdict)}`, ...differences]
}
