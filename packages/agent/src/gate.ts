import type { CallFacts } from './call.ts'

/**
 * What the gate makes of a call: `refuse` it with a reason that the model reads, leave it as it is because it is
 * `closed`, `run` it, `recover` what an engine left behind, or `ask` a person.
 */
export type Ruling =
  | { ruling: 'refuse'; reason: string }
  | { ruling: 'closed'; denied: boolean }
  | { ruling: 'recover' }
  | { ruling: 'run' }
  | { ruling: 'ask' }

type GateRule = (call: CallFacts) => Ruling | undefined

const leaveClosed: GateRule = ({ status }) => {
  switch (status) {
    case 'denied':
    case 'expired':
      return { ruling: 'closed', denied: true }
    case 'completed':
    case 'error':
    case 'unknown':
    case 'cancelled':
      return { ruling: 'closed', denied: false }
    default:
      return undefined
  }
}

const refuseFaulty: GateRule = ({ fault }) => (fault === undefined ? undefined : { ruling: 'refuse', reason: fault })

/** A write that was under way may have taken effect: it is looked into, never just run again. */
const recoverWrites: GateRule = (call) =>
  call.class === 'write' && (call.status === 'executing' || call.unverified === true)
    ? { ruling: 'recover' }
    : undefined

const runReads: GateRule = (call) => (call.class === 'read' ? { ruling: 'run' } : undefined)

const runApproved: GateRule = ({ status }) => (status === 'approved' ? { ruling: 'run' } : undefined)

const askOtherwise = (): Ruling => ({ ruling: 'ask' })

/** First ruling wins, so order is policy. The last rule always answers: what is unknown must ask. */
export const gateRules: readonly GateRule[] = [
  recoverWrites,
  leaveClosed,
  refuseFaulty,
  runReads,
  runApproved,
  askOtherwise,
]

export function rulingOn(call: CallFacts): Ruling {
  for (const rule of gateRules) {
    const ruling = rule(call)
    if (ruling !== undefined) return ruling
  }
  return askOtherwise()
}
