import { randomUUID } from 'node:crypto'
import {
  badCursor,
  callNotFound,
  conversationNotFound,
  digest,
  fault,
  get,
  notFound,
  patch,
  post,
  type Row,
  refused,
  runNotFound,
  strangePaths,
} from './bad-request.fixture.ts'

const conversations: Row[] = [
  [
    'createConversation: id a number',
    () => post('/conversations', { conversation_id: 5 }),
    fault('string_type', 'body', 'conversation_id'),
  ],
  ...['x', '1.5', 'Infinity', '1e999', 'NaN', '2&limit=3'].map(
    (limit): Row => [
      `listConversations: limit ${limit}`,
      () => get(`/conversations?limit=${limit}`),
      fault('int_parsing', 'query', 'limit'),
    ],
  ),
  ...[
    'x',
    'a%7Cb%7Cc',
    '%00',
    '2026-13-01',
    '2026-01-01%7Cx',
    '0000-01-01',
    '-000001-01-01',
    '%2B275760-09-13',
    randomUUID(),
  ].map(
    (cursor): Row => [`listConversations: cursor ${cursor}`, () => get(`/conversations?cursor=${cursor}`), badCursor],
  ),
  [
    'listConversations: two cursors',
    () => get('/conversations?cursor=a&cursor=b'),
    fault('string_type', 'query', 'cursor'),
  ],
  ...strangePaths('getConversation', (id) => get(`/conversations/${id}`), conversationNotFound),
  [
    'getConversation: limit x',
    ({ other }) => get(`/conversations/${other}?limit=x`),
    fault('int_parsing', 'query', 'limit'),
  ],
  ...['', 'x', '-1', '1.5', '%00', '2147483648', '99999999999'].map(
    (before): Row => [
      `getConversation: before ${before}`,
      ({ conversation }) => get(`/conversations/${conversation}?before=${before}`),
      badCursor,
    ],
  ),
  ...strangePaths('getBlob, conversation', (id) => get(`/conversations/${id}/blobs/${digest}`), notFound),
  ...strangePaths('getBlob', (id, { conversation }) => get(`/conversations/${conversation}/blobs/${id}`), notFound),
  ...strangePaths('changeConversation', (id) => patch(`/conversations/${id}`, { title: 'x' }), conversationNotFound),
  [
    'changeConversation: title of 256',
    ({ conversation }) => patch(`/conversations/${conversation}`, { title: 'x'.repeat(256) }),
    fault('string_too_long', 'body', 'title'),
  ],
  [
    'changeConversation: title a number',
    ({ conversation }) => patch(`/conversations/${conversation}`, { title: 5 }),
    fault('string_type', 'body', 'title'),
  ],
  [
    'changeConversation: is_active a word',
    ({ conversation }) => patch(`/conversations/${conversation}`, { is_active: 'perhaps' }),
    fault('bool_parsing', 'body', 'is_active'),
  ],
  [
    'changeConversation: metadata a list',
    ({ conversation }) => patch(`/conversations/${conversation}`, { conversation_metadata: [] }),
    fault('dict_type', 'body', 'conversation_metadata'),
  ],
  [
    'changeConversation: messages_json',
    ({ conversation }) => patch(`/conversations/${conversation}`, { title: 'x', messages_json: [] }),
    refused(400, 'messages_json is read-only'),
  ],
  ...strangePaths(
    'deleteConversation',
    (id) => ({ method: 'DELETE', path: `/conversations/${id}` }),
    conversationNotFound,
  ),
]

const ask = (json: unknown) => () => post('/agent/chat', json)
const user = (content: unknown) => ({ role: 'user', content })
const chats: Row[] = [
  ['chat: no messages', ask({}), refused(400, 'messages are required')],
  ['chat: empty messages', ask({ messages: [] }), refused(400, 'messages are required')],
  ['chat: messages a word', ask({ messages: 'hello' }), fault('list_type', 'body', 'messages')],
  ['chat: messages null', ask({ messages: null }), fault('list_type', 'body', 'messages')],
  ['chat: a message that is a word', ask({ messages: ['hello'] }), fault('dict_type', 'body', 'messages', 0)],
  ['chat: no content', ask({ messages: [{ role: 'user' }] }), refused(400, 'No valid messages found')],
  [
    'chat: empty contents',
    ask({ messages: [user(''), user('  \n'), user(null)] }),
    refused(400, 'No valid messages found'),
  ],
  [
    'chat: nobody but the assistant',
    ask({ messages: [{ role: 'assistant', content: 'hi' }] }),
    fault('value_error', 'body', 'messages'),
  ],
  ['chat: no role', ask({ messages: [{ content: 'hi' }] }), fault('value_error', 'body', 'messages')],
  [
    'chat: content in blocks',
    ask({ messages: [user([{ type: 'text', text: 'hi' }])] }),
    fault('value_error', 'body', 'messages'),
  ],
  ['chat: content a number', ask({ messages: [user(5)] }), fault('value_error', 'body', 'messages')],
  [
    'chat: 32 001 characters',
    ask({ messages: [user('x'.repeat(32_001))] }),
    fault('string_too_long', 'body', 'messages', 0, 'content'),
  ],
  [
    'chat: conversation a number',
    ask({ messages: [user('hi')], conversation_id: 5 }),
    fault('string_type', 'body', 'conversation_id'),
  ],
  ...['', 'x', '\0', randomUUID()].map(
    (conversation_id): Row => [
      `chat: unknown conversation ${JSON.stringify(conversation_id)}`,
      ask({ messages: [user('hi')], conversation_id }),
      conversationNotFound,
    ],
  ),
]

const runs: Row[] = [
  [
    'stop: no run',
    ({ conversation }) => post('/agent/stop', { conversation_id: conversation }),
    fault('missing', 'body', 'run_id'),
  ],
  [
    'stop: no conversation',
    ({ run }) => post('/agent/stop', { run_id: run }),
    fault('missing', 'body', 'conversation_id'),
  ],
  [
    'stop: run a number',
    ({ conversation }) => post('/agent/stop', { conversation_id: conversation, run_id: 1 }),
    fault('string_type', 'body', 'run_id'),
  ],
  ...['', 'x', '\0', randomUUID()].flatMap((id): Row[] => [
    [
      `stop: unknown run ${JSON.stringify(id)}`,
      ({ conversation }) => post('/agent/stop', { conversation_id: conversation, run_id: id }),
      runNotFound,
    ],
    [
      `stop: unknown conversation ${JSON.stringify(id)}`,
      ({ run }) => post('/agent/stop', { conversation_id: id, run_id: run }),
      runNotFound,
    ],
  ]),
  [
    'stop: a run of another conversation',
    ({ other, run }) => post('/agent/stop', { conversation_id: other, run_id: run }),
    runNotFound,
  ],
  ...strangePaths('runEvents', (id) => get(`/agent/runs/${id}/events`), runNotFound),
  [
    'undoCall: no conversation',
    ({ call }) => post(`/agent/undo/${call}`, {}),
    fault('missing', 'body', 'conversation_id'),
  ],
  [
    'undoCall: unknown conversation',
    ({ call }) => post(`/agent/undo/${call}`, { conversation_id: randomUUID() }),
    conversationNotFound,
  ],
  [
    'undoCall: of another conversation',
    ({ call, other }) => post(`/agent/undo/${call}`, { conversation_id: other }),
    callNotFound,
  ],
  [
    'undoCall: of a call that has not run',
    ({ call, conversation }) => post(`/agent/undo/${call}`, { conversation_id: conversation }),
    refused(409, 'Nothing to undo'),
  ],
  ...strangePaths(
    'undoCall',
    (id, { conversation }) => post(`/agent/undo/${id}`, { conversation_id: conversation }),
    callNotFound,
  ),
]

const filters = ['/audit', '/audit/export']
const audits: Row[] = [
  ...filters.flatMap((path): Row[] => [
    ...['x', '2026-01-01', '2026-01-01T00:00:00', '2026-02-30T00:00:00Z', '%00'].flatMap((time): Row[] => [
      [`${path}: start ${time}`, () => get(`${path}?start=${time}`), fault('datetime_parsing', 'query', 'start')],
      [`${path}: end ${time}`, () => get(`${path}?end=${time}`), fault('datetime_parsing', 'query', 'end')],
    ]),
    [
      `${path}: start in the year 0`,
      () => get(`${path}?start=0000-01-01T00:00:00Z`),
      fault('value_error', 'query', 'start'),
    ],
    [`${path}: user_id`, () => get(`${path}?user_id=x`), fault('uuid_parsing', 'query', 'user_id')],
    [`${path}: two tools`, () => get(`${path}?tool=a&tool=b`), fault('string_type', 'query', 'tool')],
  ]),
  ['/audit: limit 0', () => get('/audit?limit=0'), fault('greater_than_equal', 'query', 'limit')],
  ['/audit: limit 201', () => get('/audit?limit=201'), fault('less_than_equal', 'query', 'limit')],
  ['/audit: limit x', () => get('/audit?limit=x'), fault('int_parsing', 'query', 'limit')],
  ...[
    '',
    'x',
    Buffer.from(`0000-01-01|${randomUUID()}`).toString('base64url'),
    Buffer.from('2026-01-01|x').toString('base64url'),
  ].map((cursor): Row => [`/audit: cursor ${cursor}`, () => get(`/audit?cursor=${cursor}`), badCursor]),
  ['/audit/export: format', () => get('/audit/export?format=xml'), fault('literal_error', 'query', 'format')],
  ...['from_seq', 'to_seq'].flatMap((name): Row[] => [
    [`/audit/verify: ${name} 0`, () => get(`/audit/verify?${name}=0`), fault('greater_than_equal', 'query', name)],
    [`/audit/verify: ${name} x`, () => get(`/audit/verify?${name}=x`), fault('int_parsing', 'query', name)],
    [`/audit/verify: ${name} 1.5`, () => get(`/audit/verify?${name}=1.5`), fault('int_parsing', 'query', name)],
  ]),
]

/** Conversations, messages, runs, the audit. */
export const badQuestions: readonly Row[] = [...conversations, ...chats, ...runs, ...audits]
