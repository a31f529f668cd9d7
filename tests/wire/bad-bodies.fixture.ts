import { fault, get, notFound, post, type Row, refused, type World } from './bad-request.fixture.ts'

/** Every endpoint that takes a JSON body, with a path that is right. */
const withBody: [name: string, path: (world: World) => string, method: 'POST' | 'PATCH'][] = [
  ['register', () => '/auth/register/register', 'POST'],
  ['createConversation', () => '/conversations', 'POST'],
  ['changeConversation', ({ conversation }) => `/conversations/${conversation}`, 'PATCH'],
  ['chat', () => '/agent/chat', 'POST'],
  ['decideAsOwner', ({ call }) => `/agent/approvals/${call}`, 'POST'],
  ['stop', () => '/agent/stop', 'POST'],
  ['undoCall', ({ call }) => `/agent/undo/${call}`, 'POST'],
  ['decideApproval', ({ call }) => `/approvals/${call}/decision`, 'POST'],
  ['decideApprovals', () => '/approvals/decisions', 'POST'],
]
const json = { 'content-type': 'application/json' }
const DEPTH = 200_000
const deep: [how: string, text: string][] = [
  ['lists 200,000 deep', `{"a":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`],
  ['objects 150,000 deep', `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`],
]
const bodies: Row[] = withBody.flatMap(([name, path, method]): Row[] => [
  [`${name}: no body`, (world) => ({ method, path: path(world) }), fault('missing', 'body')],
  [
    `${name}: no JSON`,
    (world) => ({ method, path: path(world), text: '{"a":', headers: json }),
    fault('json_invalid', 'body'),
  ],
  ...deep.map(
    ([how, text]): Row => [
      `${name}: ${how}`,
      (world) => ({ method, path: path(world), text, headers: json }),
      fault('json_invalid', 'body'),
    ],
  ),
  [
    `${name}: JSON that says it is text`,
    (world) => ({ method, path: path(world), text: '{}', headers: { 'content-type': 'text/plain' } }),
    fault('json_invalid', 'body'),
  ],
  [
    `${name}: JSON in a form`,
    (world) => ({ method, path: path(world), form: { approve: 'true' } }),
    fault('json_invalid', 'body'),
  ],
  [`${name}: a list`, (world) => ({ method, path: path(world), json: [] }), fault('dict_type', 'body')],
  [`${name}: a word`, (world) => ({ method, path: path(world), json: 'x' }), fault('dict_type', 'body')],
  [`${name}: null`, (world) => ({ method, path: path(world), json: null }), fault('dict_type', 'body')],
  [
    `${name}: over 1 MiB`,
    (world) => ({ method, path: path(world), text: `{"a":"${'x'.repeat(1024 * 1024)}"}`, headers: json }),
    refused(413, 'Request body too large'),
  ],
])

const email = 'eve@example.com'
const password = 'long enough'
const register = (json: unknown) => () => post('/auth/register/register', json)
const login = (form: Record<string, string>) => () => ({ method: 'POST' as const, path: '/auth/jwt/login', form })
const shortReason = { code: 'REGISTER_INVALID_PASSWORD', reason: 'Password should be at least 8 characters' }
const longReason = { code: 'REGISTER_INVALID_PASSWORD', reason: 'Password should be at most 128 characters' }

const accounts: Row[] = [
  ['login: no body', () => ({ method: 'POST', path: '/auth/jwt/login' }), fault('missing', 'body')],
  ['login: JSON', () => post('/auth/jwt/login', { username: email, password }), fault('json_invalid', 'body')],
  ['login: no username', login({ password }), fault('missing', 'body', 'username')],
  ['login: no password', login({ username: email }), fault('missing', 'body', 'password')],
  ['login: wrong password', login({ username: email, password: 'wrong' }), refused(400, 'LOGIN_BAD_CREDENTIALS')],
  ['login: NUL', login({ username: 'a\0b', password: '\0' }), refused(400, 'LOGIN_BAD_CREDENTIALS')],
  [
    'login: a very long e-mail',
    login({ username: 'x'.repeat(100_000), password }),
    refused(400, 'LOGIN_BAD_CREDENTIALS'),
  ],
  ['register: no e-mail', register({ password }), fault('missing', 'body', 'email')],
  ['register: no password', register({ email }), fault('missing', 'body', 'password')],
  [
    'register: nothing, both named',
    register({}),
    {
      faults: [
        ['missing', 'body', 'email'],
        ['missing', 'body', 'password'],
      ],
    },
  ],
  ['register: no e-mail address', register({ email: 'eve', password }), fault('value_error', 'body', 'email')],
  ['register: NUL in the e-mail', register({ email: 'e\0@b.co', password }), fault('value_error', 'body', 'email')],
  ['register: e-mail a number', register({ email: 5, password }), fault('string_type', 'body', 'email')],
  [
    'register: e-mail of 256',
    register({ email: `${'a'.repeat(244)}@example.com`, password }),
    fault('string_too_long', 'body', 'email'),
  ],
  ['register: password a number', register({ email, password: 12345678 }), fault('string_type', 'body', 'password')],
  ['register: password of 7', register({ email, password: '1234567' }), refused(400, shortReason)],
  ['register: password of 129', register({ email, password: 'x'.repeat(129) }), refused(400, longReason)],
  ['register: name a number', register({ email, password, full_name: 5 }), fault('string_type', 'body', 'full_name')],
  [
    'register: name of 256',
    register({ email, password, full_name: 'x'.repeat(256) }),
    fault('string_too_long', 'body', 'full_name'),
  ],
  ['register: closed', register({ email, password }), refused(409, 'Registration is closed')],
  ['refresh: no cookie', () => ({ method: 'POST', path: '/auth/refresh' }), refused(401, 'Refresh token missing')],
  [
    'refresh: unknown',
    () => ({ method: 'POST', path: '/auth/refresh', headers: { cookie: 'refresh_token=%00x' } }),
    refused(401, 'Refresh token invalid'),
  ],
]

const paths: Row[] = [
  ['an unknown path', () => get('/nothing/here'), notFound],
  ['a path that is not UTF-8', () => get('/conversations/%E0%A4%A'), notFound],
  ['a very long path', () => get(`/conversations/${'x'.repeat(2000)}`), notFound],
  ['a wrong method', () => ({ method: 'DELETE', path: '/agent/chat' }), refused(405, 'Method Not Allowed')],
  ['GET where a decision is sent', () => get('/approvals/decisions'), refused(405, 'Method Not Allowed')],
]

/** Bodies that are none, accounts, paths. */
export const badBodies: readonly Row[] = [...bodies, ...accounts, ...paths]
