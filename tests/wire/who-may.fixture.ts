import type { Endpoints } from '@fairlead/contract/endpoints/endpoints'
import { askEndpoint, type EndpointRequest } from './request-endpoint.fixture.ts'
import {
  type Answer,
  auditRows,
  byCall,
  deciding,
  decision,
  inCall,
  inConversation,
  inRun,
  nobody,
  type Row,
  reads,
  row,
  seeing,
  superuser,
  withoutStates,
  wrong,
} from './who-may-row.fixture.ts'

/** What a person has that others may want. */
export type Belongings = {
  user: string
  /** Holds a write that waits for its owner. */
  conversation: string
  call: string
  args_digest: string
  /** A conversation whose only run has ended. */
  idle: string
  run: string
  /** A conversation that nobody will miss. */
  spare: string
}

type Rule = {
  /** Asked so that who may gets past the check of rights and changes as little as possible. */
  ask(of: Belongings): EndpointRequest
  /** Statuses by kind, for what is one's own and for what is another member's. */
  own: Statuses
  others: Statuses
  /** By the ids that it takes, for an object in each of its states; none where it takes none. */
  rows?: readonly Row[]
}
type Statuses = readonly [number, number, number, number, number, number]

const all = (status: number): Statuses => [status, status, status, status, status, status]
const open = (status: number, ask: Rule['ask'] = () => ({})): Rule => ({ ask, own: all(status), others: all(status) })
const noSuchId = '00000000-0000-4000-8000-000000000000'
const message = { messages: [{ role: 'user', content: 'hello' }] }

/**
 * Who may do what. A 409 or a 404 is the answer to somebody who may: the effect is another one, there is no such blob,
 * there is nothing to undo. What changes an object comes last.
 */
//                                          member viewer auditor approver admin superuser
const mayRead = { own: all(200), others: [403, 403, 403, 403, 403, 200] } as const
const mayAct = { own: all(200), others: all(403) } as const
const mayDecide = { own: [409, 403, 409, 409, 409, 409], others: all(403) } as const
const mayAdminister = (status: number) => {
  const each = [403, 403, 403, 403, status, status] as const
  return { own: each, others: each }
}
const mayAudit = { own: all(200), others: [403, 403, 200, 403, 200, 200] } as const

export const rules: Record<keyof Endpoints, Rule> = {
  // Without a password: wrong ones would be counted.
  login: open(422, () => ({ form: true, body: { username: 'nobody@example.com' } })),
  logoutToken: open(204),
  register: open(409, () => ({ body: { email: 'eve@example.com', password: 'long enough' } })),
  requestVerifyToken: open(202, () => ({ body: { email: 'nobody@example.com' } })),
  verify: open(400, () => ({ body: { token: 'x' } })),
  isAdminUser: open(200),
  me: open(200),
  usersMe: open(200),
  changeUser: {
    ask: ({ user }) => ({ path: { id: user }, body: { is_verified: true } }),
    own: [403, 403, 403, 403, 403, 200],
    others: [403, 403, 403, 403, 403, 200],
    rows: withoutStates,
  },
  issueRefresh: open(200),
  refresh: open(401),
  logout: open(200),
  listConversations: open(200),
  listTools: open(200),
  context: open(200),
  listApprovals: open(200),
  userEvents: open(200),
  verifyAudit: open(200),
  health: open(200),
  healthDatabase: open(200),
  healthReady: open(200),
  jwks: open(200),
  listAudit: {
    ask: ({ conversation }) => ({ query: `conversation_id=${conversation}` }),
    ...mayAudit,
    rows: auditRows,
  },
  exportAudit: { ask: ({ user }) => ({ query: `user_id=${user}` }), ...mayAudit, rows: auditRows },
  getConversation: {
    ask: ({ conversation }) => ({ path: { id: conversation } }),
    ...mayRead,
    rows: [seeing('notYourConversation', reads)],
  },
  getBlob: {
    ask: ({ conversation }) => ({ path: { id: conversation, sha256: wrong } }),
    own: all(404),
    others: [403, 403, 403, 403, 403, 404],
    rows: [
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
  },
  getApproval: {
    ask: ({ call }) => ({ path: { call_id: call } }),
    ...mayAct,
    rows: [
      row('call', {
        ask: byCall,
        others: 'decisionNotAllowed',
        may: nobody,
        owner: { ...inCall<Answer>(200), deleted: 'toolCallNotFound' },
      }),
    ],
  },
  getUnmasked: {
    ask: ({ call }) => ({ path: { call_id: call } }),
    own: [200, 403, 200, 200, 200, 200],
    others: all(403),
    rows: [deciding(byCall, 'toolCallNotFound', 200)],
  },
  getDiff: {
    ask: ({ call }) => ({ path: { call_id: call } }),
    ...mayAct,
    rows: [
      row('call', {
        ask: byCall,
        others: 'decisionNotAllowed',
        may: nobody,
        // A call that only looks has no effect.
        owner: { ...inCall<Answer>(200), read: 'notFound', deleted: 'toolCallNotFound' },
      }),
    ],
  },
  decideAsOwner: {
    ask: (of) => ({ path: { call_id: of.call }, body: { ...decision(of), conversation_id: of.conversation } }),
    ...mayDecide,
    rows: [
      {
        ...deciding(
          (of) => ({ ...byCall(of), body: { ...decision(of), conversation_id: of.conversation } }),
          'conversationNotFound',
        ),
        others: 'notYourConversation',
      },
    ],
  },
  decideApproval: {
    ask: (of) => ({ path: { call_id: of.call }, body: decision(of) }),
    ...mayDecide,
    rows: [deciding((of) => ({ ...byCall(of), body: decision(of) }), 'toolCallNotFound')],
  },
  decideApprovals: {
    ask: (of) => ({ body: { decisions: [{ call_id: of.call, ...decision(of) }] } }),
    ...mayDecide,
    rows: [deciding((of) => ({ body: { decisions: [{ call_id: of.call, ...decision(of) }] } }), 'toolCallNotFound')],
  },
  runEvents: {
    ask: ({ run }) => ({ path: { run_id: run } }),
    ...mayAct,
    rows: [
      row('run', {
        ask: ({ run }) => ({ path: { run_id: run } }),
        others: 'notYourConversation',
        may: nobody,
        owner: { ...inRun(200), deleted: 'runNotFound' },
      }),
    ],
  },
  createConversation: {
    ask: ({ idle }) => ({ body: { conversation_id: idle } }),
    own: all(200),
    others: all(409),
    rows: [
      row('conversation', {
        ask: ({ conversation }) => ({ body: { conversation_id: conversation } }),
        others: 'conversationExists',
        may: nobody,
        owner: { ...inConversation(200), deleted: 'conversationExists' },
      }),
    ],
  },
  changeConversation: {
    ask: ({ spare }) => ({ path: { id: spare }, body: {} }),
    ...mayRead,
    rows: [seeing('notYourConversation', (of) => ({ ...reads(of), body: {} }))],
  },
  undoCall: {
    ask: ({ call, conversation }) => ({ path: { call_id: call }, body: { conversation_id: conversation } }),
    ...mayDecide,
    rows: [
      row('call', {
        ask: (of) => ({ ...byCall(of), body: { conversation_id: of.conversation } }),
        others: 'notYourConversation',
        may: nobody,
        owner: { ...inCall<Answer>('nothingToUndo'), completed: 200, deleted: 'conversationNotFound' },
        viewer: { ...inCall<Answer>('decisionNotAllowed'), deleted: 'conversationNotFound' },
      }),
    ],
  },
  chat: {
    ask: ({ idle }) => ({ body: { ...message, conversation_id: idle } }),
    ...mayAct,
    rows: [
      row('conversation', {
        ask: ({ conversation }) => ({
          body: { messages: [{ role: 'user', content: 'hello' }], conversation_id: conversation },
        }),
        others: 'notYourConversation',
        may: nobody,
        owner: { ...inConversation(200), running: 'runInProgress', deleted: 'conversationNotFound' },
      }),
    ],
  },
  stop: {
    ask: ({ idle, run }) => ({ body: { conversation_id: idle, run_id: run } }),
    ...mayAct,
    rows: [
      row('run', {
        ask: ({ conversation, run }) => ({ body: { conversation_id: conversation, run_id: run } }),
        others: 'notYourConversation',
        may: nobody,
        owner: { ...inRun(200), deleted: 'runNotFound' },
      }),
    ],
  },
  listIntegrations: open(200),
  createIntegration: { ask: () => ({ body: { provider: 'none', credentials: {} } }), ...mayAdminister(400) },
  changeIntegration: {
    ask: () => ({ path: { integration_id: noSuchId }, body: {} }),
    ...mayAdminister(404),
    rows: withoutStates,
  },
  testIntegration: {
    ask: () => ({ path: { integration_id: noSuchId } }),
    ...mayAdminister(404),
    rows: withoutStates,
  },
  deleteIntegration: {
    ask: () => ({ path: { integration_id: noSuchId } }),
    ...mayAdminister(404),
    rows: withoutStates,
  },
  listMcpServers: { ask: () => ({}), ...mayAdminister(200) },
  createMcpServer: { ask: () => ({ body: { name: 'k8s', url: 'http://localhost' } }), ...mayAdminister(422) },
  changeMcpServer: {
    ask: () => ({ path: { server_id: noSuchId }, body: {} }),
    ...mayAdminister(404),
    rows: withoutStates,
  },
  deleteMcpServer: { ask: () => ({ path: { server_id: noSuchId } }), ...mayAdminister(404), rows: withoutStates },
  listMcpTools: { ask: () => ({ path: { server_id: noSuchId } }), ...mayAdminister(404), rows: withoutStates },
  pinMcpTools: {
    ask: () => ({ path: { server_id: noSuchId }, body: { tools: [{ name: 'a', digest: 'a'.repeat(64) }] } }),
    ...mayAdminister(404),
    rows: withoutStates,
  },
  unpinMcpTool: {
    ask: () => ({ path: { server_id: noSuchId, tool: 'a' } }),
    ...mayAdminister(404),
    rows: withoutStates,
  },
  deleteConversation: {
    ask: ({ spare }) => ({ path: { id: spare } }),
    ...mayRead,
    rows: [{ ...seeing('notYourConversation', reads), isOnce: true }],
  },
}

/** Asks as the rule says. Resolves to the status; of a batch to that of its only decision. */
export async function statusOf(
  api: string,
  { name, of, token }: { name: keyof Endpoints; of: Belongings; token: string | undefined },
): Promise<number> {
  const untilEnd = name !== 'userEvents' // the only stream without an end
  const { status, text } = await askEndpoint(api, { name, request: rules[name].ask(of), token, untilEnd })
  if (name !== 'decideApprovals' || status !== 200) return status
  const { results } = JSON.parse(text) as { results: { error?: { status: number } }[] }
  return results[0]?.error?.status ?? 200
}
