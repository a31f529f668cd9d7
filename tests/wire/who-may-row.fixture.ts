import type { refusals } from '@fairlead/contract/errors'
import type { BlobState, CallState, ConversationState, RunState, Thing, Things } from './object-states.fixture.ts'
import type { EndpointRequest } from './request-endpoint.fixture.ts'

export const kinds = ['member', 'viewer', 'auditor', 'approver', 'admin', 'superuser'] as const
export type Kind = (typeof kinds)[number]

type StatesOf = { call: CallState; run: RunState; conversation: ConversationState; blob: BlobState }
type Refused = keyof typeof refusals

/** What the owner of a thing is answered: a status, or a refusal by its name. */
export type Answer = number | Refused

/** One way to name an object to an endpoint. */
export type Row<Of extends keyof Things = keyof Things> = {
  of: Of
  ask(thing: Thing): EndpointRequest
  /** Who may not, whatever has become of the object: a refusal by its name, or 200 with nothing of it. */
  others: Refused | 200
  /** Who else may. */
  may: readonly Kind[]
  /** The object is gone behind it, so its owner alone tries. */
  isOnce?: true
  owner: Record<StatesOf[Of], Answer>
  /** The owner, who may only look; as `owner` where it is left out. */
  viewer?: Record<StatesOf[Of], Answer>
}

export const wrong = 'b'.repeat(64)
export const decision = ({ args_digest }: Pick<Thing, 'args_digest'>) => ({
  approve: true,
  args_digest,
  effect_digest: wrong,
})
export const reads = (of: Thing): EndpointRequest => ({ path: { id: of.conversation } })
export const byCall = (of: Thing): EndpointRequest => ({ path: { call_id: of.call } })
export const superuser = ['superuser'] as const
const auditors = ['auditor', 'admin', 'superuser'] as const
export const nobody = [] as const

export const inCall = <A extends Answer>(answer: A): Record<CallState, A> => ({
  waiting: answer,
  pending: answer,
  approved: answer,
  executing: answer,
  completed: answer,
  failed: answer,
  denied: answer,
  expired: answer,
  cancelled: answer,
  stale: answer,
  unknown: answer,
  read: answer,
  deleted: answer,
})
export const inRun = (answer: Answer): Record<RunState, Answer> => ({
  running: answer,
  ended: answer,
  waiting: answer,
  stopped: answer,
  failed: answer,
  deleted: answer,
})
export const inConversation = (answer: Answer): Record<ConversationState, Answer> => ({
  empty: answer,
  running: answer,
  ended: answer,
  waiting: answer,
  deleted: answer,
})

export const row = <Of extends keyof Things>(of: Of, rest: Omit<Row<Of>, 'of'>): Row =>
  ({ of, ...rest }) as unknown as Row

/** Of decisions the effect is another one, and nothing else is wrong with them. */
export const deciding = (ask: Row['ask'], gone: Refused, open: Answer = 'effectChanged'): Row =>
  row('call', {
    ask,
    others: 'decisionNotAllowed',
    may: nobody,
    owner: {
      ...inCall<Answer>('alreadyDecided'),
      waiting: open,
      pending: open,
      stale: open,
      read: 'toolCallNotFound',
      deleted: gone,
    },
    viewer: { ...inCall('decisionNotAllowed'), deleted: gone },
  })

export const seeing = (others: Row['others'], ask: Row['ask'], may: Row['may'] = superuser): Row =>
  row('conversation', {
    ask,
    others,
    may,
    owner: { ...inConversation(200), deleted: 'conversationNotFound' },
  })

const auditOf = (ask: Row['ask'], others: Row['others']): Row =>
  row('conversation', { ask, others, may: auditors, owner: inConversation(200) })

/** Filters of the audit by other ids leave others' rows out, whatever they ask for. */
export const auditRows: readonly Row[] = [
  auditOf(({ conversation }) => ({ query: `conversation_id=${conversation}` }), 'notYourConversation'),
  row('run', { ask: ({ run }) => ({ query: `run_id=${run}` }), others: 200, may: auditors, owner: inRun(200) }),
  row('call', { ask: ({ call }) => ({ query: `call_id=${call}` }), others: 200, may: auditors, owner: inCall(200) }),
]

/** An account or an integration has no states: `who-may.test.ts` asks for one's own and for another's. */
export const withoutStates: readonly Row[] = []
