import { randomUUID } from 'node:crypto'
import {
  type BadRequest,
  badCursor,
  callNotFound,
  conversationNotFound,
  digest,
  fault,
  get,
  post,
  type Row,
  refused,
  strangePaths,
  type World,
} from './bad-request.fixture.ts'

const decisionOf = ({ args_digest, effect_digest }: World) => ({ approve: true, args_digest, effect_digest })
const badDigests = [digest.slice(1), `${digest}a`, digest.toUpperCase(), 'g'.repeat(64), '']
/** Faults of a decision's body that every way of deciding shares. */
const decisions = (
  name: string,
  send: (world: World, changes: Record<string, unknown>) => BadRequest,
  loc: (string | number)[],
): Row[] => [
  [`${name}: no approve`, (world) => send(world, { approve: undefined }), fault('missing', ...loc, 'approve')],
  ...['yes', 1, null].map(
    (approve): Row => [
      `${name}: approve ${JSON.stringify(approve)}`,
      (world) => send(world, { approve }),
      fault('bool_parsing', ...loc, 'approve'),
    ],
  ),
  [
    `${name}: a reason of 501`,
    (world) => send(world, { reason: 'x'.repeat(501) }),
    fault('string_too_long', ...loc, 'reason'),
  ],
  [`${name}: reason a number`, (world) => send(world, { reason: 5 }), fault('string_type', ...loc, 'reason')],
  ...['args_digest', 'effect_digest'].flatMap((field): Row[] => [
    ...badDigests.map(
      (given): Row => [
        `${name}: ${field} ${given.slice(0, 4)} of ${given.length}`,
        (world) => send(world, { [field]: given }),
        fault('value_error', ...loc, field),
      ],
    ),
    [`${name}: ${field} a number`, (world) => send(world, { [field]: 5 }), fault('string_type', ...loc, field)],
  ]),
]

const asOwner = (world: World, changes: Record<string, unknown>, call = world.call) =>
  post(`/agent/approvals/${call}`, { ...decisionOf(world), conversation_id: world.conversation, ...changes })
const inInbox = (world: World, changes: Record<string, unknown>, call = world.call) =>
  post(`/approvals/${call}/decision`, { ...decisionOf(world), ...changes })
const inBatch = (world: World, changes: Record<string, unknown>) =>
  post('/approvals/decisions', { decisions: [{ call_id: world.call, ...decisionOf(world), ...changes }] })

/** Decisions and the inbox. */
export const badDecisions: readonly Row[] = [
  ...decisions('decideAsOwner', asOwner, ['body']),
  ...decisions('decideApproval', inInbox, ['body']),
  ...decisions('decideApprovals', inBatch, ['body', 'decisions', 0]),
  ...[undefined, ''].map(
    (conversation_id): Row => [
      `decideAsOwner: conversation ${JSON.stringify(conversation_id)}`,
      (world) => asOwner(world, { conversation_id }),
      refused(400, 'conversation_id is required'),
    ],
  ),
  [
    'decideAsOwner: conversation a number',
    (world) => asOwner(world, { conversation_id: 5 }),
    fault('string_type', 'body', 'conversation_id'),
  ],
  ...['x', '\0', randomUUID()].map(
    (conversation_id): Row => [
      `decideAsOwner: unknown conversation ${JSON.stringify(conversation_id)}, and call`,
      (world) => asOwner(world, { conversation_id }, 'x'),
      conversationNotFound,
    ],
  ),
  [
    'decideAsOwner: a call of another conversation',
    (world) => asOwner(world, { conversation_id: world.other }),
    callNotFound,
  ],
  ...strangePaths('decideAsOwner', (id, world) => asOwner(world, {}, id), callNotFound),
  ...strangePaths('decideApproval', (id, world) => inInbox(world, {}, id), callNotFound),
  ...strangePaths('getApproval', (id) => get(`/approvals/${id}`), callNotFound),
  ...[asOwner, inInbox].flatMap((send): Row[] => [
    [
      `${send.name}: other arguments, and another effect`,
      (world) => send(world, { args_digest: digest, effect_digest: digest }),
      { ...refused(409, 'Tool call arguments have changed'), code: 'ARGUMENTS_CHANGED', current: true },
    ],
    [
      `${send.name}: another effect`,
      (world) => send(world, { effect_digest: digest }),
      { ...refused(409, 'The effect has changed'), code: 'EFFECT_CHANGED', current: true },
    ],
  ]),
  ...['args_digest', 'effect_digest'].flatMap((field): Row[] => [
    [`decideApproval: no ${field}`, (world) => inInbox(world, { [field]: undefined }), fault('missing', 'body', field)],
    [
      `decideApprovals: no ${field}`,
      (world) => inBatch(world, { [field]: undefined }),
      fault('missing', 'body', 'decisions', 0, field),
    ],
  ]),
  ['decideApprovals: no list', () => post('/approvals/decisions', {}), fault('missing', 'body', 'decisions')],
  [
    'decideApprovals: no list but a word',
    () => post('/approvals/decisions', { decisions: 'x' }),
    fault('list_type', 'body', 'decisions'),
  ],
  [
    'decideApprovals: none',
    () => post('/approvals/decisions', { decisions: [] }),
    fault('too_short', 'body', 'decisions'),
  ],
  [
    'decideApprovals: 101',
    (world) =>
      post('/approvals/decisions', { decisions: Array(101).fill({ call_id: world.call, ...decisionOf(world) }) }),
    fault('too_long', 'body', 'decisions'),
  ],
  [
    'decideApprovals: no call',
    (world) => inBatch(world, { call_id: undefined }),
    fault('missing', 'body', 'decisions', 0, 'call_id'),
  ],
  [
    'decideApprovals: the second is bad, and the first is not taken',
    (world) =>
      post('/approvals/decisions', {
        decisions: [
          { call_id: world.call, ...decisionOf(world) },
          { call_id: 'x', ...decisionOf(world), approve: 1 },
        ],
      }),
    fault('bool_parsing', 'body', 'decisions', 1, 'approve'),
  ],
  ['listApprovals: status', () => get('/approvals?status=approved'), fault('literal_error', 'query', 'status')],
  ['listApprovals: limit 0', () => get('/approvals?limit=0'), fault('greater_than_equal', 'query', 'limit')],
  ['listApprovals: limit 51', () => get('/approvals?limit=51'), fault('less_than_equal', 'query', 'limit')],
  ['listApprovals: limit x', () => get('/approvals?limit=x'), fault('int_parsing', 'query', 'limit')],
  ...['', 'x', '1%7Cx', 'infinity%7C', '2026-99-01%7Cx', '0000-01-01%7Cx', 'x%7Cy%7Cz', '2026-01-31T10:00:00Z'].map(
    (cursor): Row => [`listApprovals: cursor ${cursor}`, () => get(`/approvals?cursor=${cursor}`), badCursor],
  ),
]
