import type { Endpoints } from '@fairlead/contract/endpoints/endpoints'
import type { refusals } from '@fairlead/contract/errors'
import type { BlobState, CallState, ConversationState, RunState, Thing, Things } from './object-states.fixture.ts'
import type { EndpointRequest } from './request-endpoint.fixture.ts'
import type { Kind } from './who-may.fixture.ts'

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

const wrong = 'b'.repeat(64)
const decision = ({ args_digest }: Thing) => ({ approve: true, args_digest, effect_digest: wrong })
const reads = (of: Thing): EndpointRequest => ({ path: { id: of.conversation } })
const byCall = (of: Thing): EndpointRequest => ({ path: { call_id: of.call } })
const superuser = ['superuser'] as const
const auditors = ['auditor', 'admin', 'superuser'] as const
const nobody = [] as const

const inCall = <A extends Answer>(answer: A): Record<CallState, A> => ({
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
const inRun = (answer: Answer): Record<RunState, Answer> => ({
  running: answer,
  ended: answer,
  waiting: answer,
  stopped: answer,
  failed: answer,
  deleted: answer,
})
const inConversation = (answer: Answer): Record<ConversationState, Answer> => ({
  empty: answer,
  running: answer,
  ended: answer,
  waiting: answer,
  deleted: answer,
})

const row = <Of extends keyof Things>(of: Of, rest: Omit<Row<Of>, 'of'>): Row => ({ of, ...rest }) as unknown as Row

/** Of decisions the effect is another one, and nothing else is wrong with them. */
const deciding = (ask: Row['ask'], gone: Refused, open: Answer = 'effectChanged'): Row =>
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

const seeing = (others: Row['others'], ask: Row['ask'], may: Row['may'] = superuser): Row =>
  row('conversation', {
    ask,
    others,
    may,
    owner: { ...inConversation(200), deleted: 'conversationNotFound' },
  })

const auditOf = (ask: Row['ask'], others: Row['others']): Row =>
  row('conversation', { ask, others, may: auditors, owner: inConversation(200) })

/** Filters of the audit by other ids leave others' rows out, whatever they ask for. */
const audit: readonly Row[] = [
  auditOf(({ conversation }) => ({ query: `conversation_id=${conversation}` }), 'notYourConversation'),
  row('run', { ask: ({ run }) => ({ query: `run_id=${run}` }), others: 200, may: auditors, owner: inRun(200) }),
  row('call', { ask: ({ call }) => ({ query: `call_id=${call}` }), others: 200, may: auditors, owner: inCall(200) }),
]

const takesNoId: readonly Row[] = []
/** An account has no states: `who-may.test.ts` asks for one's own and for another's. */
export const ofAnAccount: readonly Row[] = []

/** Every endpoint by the ids that it takes. What changes an object comes last. */
export const rows: Record<keyof Endpoints, readonly Row[]> = {
  login: takesNoId,
  logoutToken: takesNoId,
  register: takesNoId,
  requestVerifyToken: takesNoId,
  verify: takesNoId,
  isAdminUser: takesNoId,
  me: takesNoId,
  usersMe: takesNoId,
  changeUser: ofAnAccount,
  issueRefresh: takesNoId,
  refresh: takesNoId,
  logout: takesNoId,
  listConversations: takesNoId,
  listTools: takesNoId,
  context: takesNoId,
  listApprovals: takesNoId,
  userEvents: takesNoId,
  verifyAudit: takesNoId,
  health: takesNoId,
  healthDatabase: takesNoId,
  healthReady: takesNoId,
  jwks: takesNoId,
  listAudit: audit,
  exportAudit: audit,
  getConversation: [seeing('notYourConversation', reads)],
  getBlob: [
    row('blob', {
      ask: ({ conversation, sha256 }) => ({ path: { id: conversation, sha256 } }),
      others: 'notYourConversation',
      may: superuser,
      owner: {
        own: 200,
        "another's": 'notFound',
        "another's, named in an argument": 'notFound',
        "another's, told by a tool": 'notFound',
        unknown: 'notFound',
      },
    }),
    row('conversation', {
      ask: ({ conversation, sha256 }) => ({ path: { id: conversation, sha256 } }),
      others: 'notYourConversation',
      may: superuser,
      owner: inConversation('notFound'),
    }),
  ],
  getApproval: [
    row('call', {
      ask: byCall,
      others: 'decisionNotAllowed',
      may: nobody,
      owner: { ...inCall<Answer>(200), deleted: 'toolCallNotFound' },
    }),
  ],
  getUnmasked: [deciding(byCall, 'toolCallNotFound', 200)],
  getDiff: [
    row('call', {
      ask: byCall,
      others: 'decisionNotAllowed',
      may: nobody,
      // A call that only looks has no effect.
      owner: { ...inCall<Answer>(200), read: 'notFound', deleted: 'toolCallNotFound' },
    }),
  ],
  decideAsOwner: [
    {
      ...deciding(
        (of) => ({ ...byCall(of), body: { ...decision(of), conversation_id: of.conversation } }),
        'conversationNotFound',
      ),
      others: 'notYourConversation',
    },
  ],
  decideApproval: [deciding((of) => ({ ...byCall(of), body: decision(of) }), 'toolCallNotFound')],
  decideApprovals: [
    deciding((of) => ({ body: { decisions: [{ call_id: of.call, ...decision(of) }] } }), 'toolCallNotFound'),
  ],
  runEvents: [
    row('run', {
      ask: ({ run }) => ({ path: { run_id: run } }),
      others: 'notYourConversation',
      may: nobody,
      owner: { ...inRun(200), deleted: 'runNotFound' },
    }),
  ],
  createConversation: [
    row('conversation', {
      ask: ({ conversation }) => ({ body: { conversation_id: conversation } }),
      others: 'conversationExists',
      may: nobody,
      owner: { ...inConversation(200), deleted: 'conversationExists' },
    }),
  ],
  changeConversation: [seeing('notYourConversation', (of) => ({ ...reads(of), body: {} }))],
  undoCall: [
    row('call', {
      ask: (of) => ({ ...byCall(of), body: { conversation_id: of.conversation } }),
      others: 'notYourConversation',
      may: nobody,
      owner: { ...inCall<Answer>('nothingToUndo'), completed: 200, deleted: 'conversationNotFound' },
      viewer: { ...inCall<Answer>('decisionNotAllowed'), deleted: 'conversationNotFound' },
    }),
  ],
  chat: [
    row('conversation', {
      ask: ({ conversation }) => ({
        body: { messages: [{ role: 'user', content: 'hello' }], conversation_id: conversation },
      }),
      others: 'notYourConversation',
      may: nobody,
      owner: { ...inConversation(200), running: 'runInProgress', deleted: 'conversationNotFound' },
    }),
  ],
  stop: [
    row('run', {
      ask: ({ conversation, run }) => ({ body: { conversation_id: conversation, run_id: run } }),
      others: 'notYourConversation',
      may: nobody,
      owner: { ...inRun(200), deleted: 'runNotFound' },
    }),
  ],
  deleteConversation: [{ ...seeing('notYourConversation', reads), isOnce: true }],
}
