import type { Fault } from './fault.ts'

/** What a person is told: one sentence, which begins with the place. */
export function faultSentence(fault: Fault): string {
  const place = fault.id === null ? `Row ${fault.seq}` : `Row ${fault.seq} (${fault.id})`
  switch (fault.of) {
    case 'row':
      return `${place} was ${fault.problem}.`
    case 'chain':
      return `${place} has another hash than the one that was signed at ${fault.at} with key ${fault.kid}: the chain was written anew somewhere between row ${fault.since} and row ${fault.seq}.`
    case 'body':
      return fault.problem === 'added'
        ? `The body ${fault.digest} belongs to no row.`
        : `The body ${fault.digest} was ${fault.problem}; ${place.toLowerCase()} refers to it.`
    case 'head':
      return headSentence(fault)
    case 'key':
      return `${place} names public key ${fault.kid}, and the record hands out another key under that name.`
    case 'tail':
      return `The chain ends at row ${fault.seq - 1}, but row ${fault.signed_seq} was signed at ${fault.at}: the rows from ${fault.seq} on were cut off, or are not in this part of the record.`
  }
}

function headSentence({ seq, kid, reason }: Extract<Fault, { of: 'head' }>): string {
  switch (reason) {
    case 'signature':
      return `The head at row ${seq} has a wrong signature: key ${kid} did not sign it.`
    case 'unknown_key':
      return `The head at row ${seq} is signed with key ${kid}, which is not among the keys that it is checked against.`
    case 'columns':
      return `The head at row ${seq} is stored with another row number or hash than the one that was signed.`
    case 'unreadable':
      return `A head behind row ${seq} is no signed head.`
    case 'not_own':
      return `The newest head, at row ${seq}, is signed with key ${kid}, which the key file of this engine does not hold: somebody else has signed the record. If the key file was changed a moment ago, ask again after AUDIT_HEAD_SECONDS, when the next head is signed.`
    case 'none':
      return `No head signs any of the rows up to ${seq}: nothing ties them to the key.`
  }
}
