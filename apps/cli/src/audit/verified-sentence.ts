import type { RecordReport } from '@fairlead/contract/audit/verify-record'

type Checked = { keyFile: string | undefined; headsGiven: number; hasGaps: boolean }

/** What a person may rely on after a verification without a fault, and what not. */
export function verifiedSentence(report: RecordReport, { keyFile, headsGiven, hasGaps }: Checked): string {
  const { checked, first_seq, last_seq, bodies, heads, last_head, signed, heads_from_outside } = report
  if (checked === 0) return 'the file has no rows, so there is nothing in it to rely on.'
  const what = hasGaps
    ? `each of ${countOf(checked, 'row')} between ${first_seq} and ${last_seq} fits its own hash, and rows with neighbouring numbers follow each other. The file has gaps or may have: it does not show that no other row was left out or removed.`
    : `${countOf(checked, 'row')} (${first_seq} to ${last_seq}), without a gap, as they were written.`
  const parts = [what, bodies === 1 ? '1 large body fits its digest.' : `${bodies} large bodies fit their digests.`]
  if (last_head === null) {
    parts.push('No signed head ties the rows to a key: the whole may have been written anew.')
  } else {
    const against = keyFile === undefined ? 'the keys in the file itself' : `the key in ${keyFile}`
    const later = hasGaps ? '' : laterRows(last_seq ?? 0, last_head.seq)
    parts.push(
      `${countOf(heads, 'signed head')} checked against ${against}, the last of row ${last_head.seq} at ${last_head.at}; ${signed} of the rows lead to one.${later}`,
    )
    if (heads_from_outside > 0)
      parts.push(
        `${countOf(heads_from_outside, 'head')} of --head ${heads_from_outside === 1 ? 'is' : 'are'} among them, and the chain reaches them.`,
      )
    if (keyFile === undefined)
      parts.push(
        'Whoever can write the whole file anew can put other keys into it: --key checks against one that was kept elsewhere.',
      )
  }
  const beside = headsGiven - heads_from_outside
  if (beside > 0)
    parts.push(
      `${countOf(beside, 'head')} of --head ${beside === 1 ? 'signs a row' : 'sign rows'} that the file does not have: it does not show whether the chain reaches them.`,
    )
  if (headsGiven === 0 && !hasGaps)
    parts.push('That nothing was cut off behind the last row only shows with --head, a head that a sink holds.')
  if (report.first_format > 0)
    parts.push(
      `Of ${countOf(report.first_format, 'row')} of the first format nothing vouches for who may see them (user_id).`,
    )
  return parts.join(' ')
}

function laterRows(last: number, signed: number): string {
  const later = last - signed
  return later === 0
    ? ''
    : ` ${countOf(later, 'row')} came after it and ${later === 1 ? 'is' : 'are'} signed by nobody yet.`
}

function countOf(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}
