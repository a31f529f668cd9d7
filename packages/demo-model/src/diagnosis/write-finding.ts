import type { Finding, Proof } from '../evidence/finding.ts'
import { nameOf } from '../evidence/finding.ts'

const LONGEST = 240

/** A finding as a person reads it: what is wrong, and the fields that prove it. */
export function writeFinding({ says, proofs, confidence }: Finding): string {
  return [`### ${says}`, '', ...proofs.map(proofLine), '', `Confidence: ${confidence} %.`].join('\n')
}

function proofLine(proof: Proof): string {
  if ('field' in proof) return `- ${nameOf(proof.of)}: \`${proof.field}\` is \`${shortened(proof.value)}\``
  const said = proof.source === 'log' ? 'logged' : 'has the event'
  return `- ${nameOf(proof.of)} ${said}: \`${shortened(proof.quote)}\``
}

/** Text from the cluster, on one line and without the marks that would end its quotation. */
export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('`', "'").trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}
