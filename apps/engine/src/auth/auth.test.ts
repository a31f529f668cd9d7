import { endpoints as all } from '@fairlead/contract/endpoints/endpoints'
import { createLogger } from '@fairlead/service-kit/logger'
import { verify } from '@node-rs/argon2'
import { hash as bcrypt } from '@node-rs/bcrypt'
import { eq, sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Db } from '../db/database.ts'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import { buildServer } from '../http/build-server.ts'
import { createRateLimit } from '../http/rate-limit.ts'
import { createAccessTokens } from './access-tokens.ts'
import { createAuthenticate, readLiveSessions } from './authenticate.ts'
import { authHandlers } from './routes.ts'
import { refreshTokens, sessions } from './session.table.ts'
import { users } from './user.table.ts'
import { createVerifyTokens } from './verify-address.ts'

// Files share what has been loaded: what follows has to be loaded anew to meet the spy, and once more without it.
vi.hoisted(() => vi.resetModules())
vi.mock('@node-rs/argon2', { spy: true })
afterAll(() => void vi.resetModules())

const { requestVerifyToken, verify: verifyEndpoint, changeUser } = all
const { login, logoutToken, register, isAdminUser, me, usersMe, issueRefresh, refresh, logout } = all
const endpoints = {
  login,
  logoutToken,
  register,
  requestVerifyToken,
  verify: verifyEndpoint,
  isAdminUser,
  me,
  usersMe,
  changeUser,
  issueRefresh,
  refresh,
  logout,
}

const config = {
  API_V1_STR: '/api/v1',
  DEBUG: false,
  CORS_ALLOWED_ORIGINS: [],
  ALLOWED_HOSTS: [],
  TRUSTED_PROXIES: [],
  PUBLIC_URL: 'http://localhost:3000',
  JWT_SECRET: 'x'.repeat(32),
  JWT_ALGORITHM: 'HS256' as const,
  JWT_ACCESS_TOKEN_EXPIRE_MINUTES: 15,
  JWT_REFRESH_TOKEN_EXPIRE_DAYS: 7,
  ALLOW_SELF_REGISTRATION: false,
  SETUP_SECRET: 'set-up secret of this installation',
}
const tokens = createAccessTokens(config)
const password = 'correct horse'
const log = createLogger({ name: 'test', level: 'silent' })

describe.each(databases)('$name', ({ open }) => {
  let database: Database
  let app: FastifyInstance
  let openApp: FastifyInstance
  const audited: { type: string; actor: string; user_id: string | null }[] = []
  let lastAddress = 0

  const build = (
    ALLOW_SELF_REGISTRATION: boolean,
    { db = database.db, ...others }: Partial<typeof config> & { db?: Db } = {},
  ) =>
    buildServer({
      config,
      endpoints,
      log,
      watchSession: () => () => {},
      authenticate: createAuthenticate({ db, tokens }),
      handlers: authHandlers({
        db,
        tokens,
        config: { ...config, ALLOW_SELF_REGISTRATION, ...others },
        loginLimits: {
          tries: createRateLimit({ name: 'logins', points: 10, seconds: 300 }),
          addresses: createRateLimit({ name: 'login-addresses', points: 30, seconds: 300 }),
        },
        setupTries: createRateLimit({ name: 'setup', points: 10, seconds: 60 }),
        recordAudit: async (_db, { type, actor, user_id }) => {
          audited.push({ type, actor, user_id })
        },
      }),
    })

  beforeAll(async () => {
    database = await open()
    app = await build(false)
    openApp = await build(true)
  })
  afterAll(async () => {
    await app.close()
    await openApp.close()
    await database.close()
  })

  const post = (path: string, body?: object, headers: Record<string, string> = {}, server = app) =>
    server.inject({
      method: 'POST',
      url: `/api/v1${path}`,
      remoteAddress: `10.1.${++lastAddress >> 8}.${lastAddress & 255}`,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      payload: body && JSON.stringify(body),
    })
  const getMe = (token: string, path = '/auth/me') =>
    app.inject({ method: 'GET', url: `/api/v1${path}`, headers: { authorization: `Bearer ${token}` } })
  const signIn = (
    username: string,
    secret = password,
    remoteAddress = `10.2.${++lastAddress >> 8}.${lastAddress & 255}`,
    mark?: string,
  ) =>
    app.inject({
      method: 'POST',
      url: '/api/v1/auth/jwt/login',
      remoteAddress,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(mark !== undefined && { cookie: `known_device=${mark}` }),
      },
      payload: new URLSearchParams({ username, password: secret, grant_type: 'password' }).toString(),
    })
  const accessOf = async (email: string) => (await signIn(email)).json().access_token as string
  const refreshTokenOf = async (access: string) =>
    (await post('/auth/refresh/issue', undefined, { authorization: `Bearer ${access}` })).json().refresh_token as string
  const useRefresh = (token: string) => post('/auth/refresh', undefined, { cookie: `refresh_token=${token}` })
  let people = 0
  const newMember = async () => {
    const email = `member${++people}@example.com`
    const answer = await post('/auth/register/register', { email, password }, {}, openApp)
    expect(answer.statusCode).toBe(201)
    return email
  }

  const first = { email: 'first@example.com', password }
  const setup_secret = config.SETUP_SECRET
  const needed = [403, { detail: 'The set-up link of this installation is needed' }]

  test.each([
    ['none', undefined],
    ['an empty one', ''],
    ['null', null],
    ['a wrong one', 'x'.repeat(setup_secret.length)],
    ['its beginning', setup_secret.slice(0, -1)],
    ['a longer one', `${setup_secret}x`],
    ['the word that opens', 'off'],
  ])('while nobody is there, %s is no set-up secret, however open the door', async (_, presented) => {
    for (const server of [app, openApp]) {
      const answer = await post('/auth/register/register', { ...first, setup_secret: presented }, {}, server)
      expect([answer.statusCode, answer.json()]).toEqual(needed)
    }
    expect((await app.inject('/api/v1/auth/is_admin_user')).json()).toEqual({ is_admin: true })
    expect(audited).toEqual([])
  })

  test('after ten wrong ones a minute an address is no longer heard, and others are', async () => {
    const guess = (remoteAddress: string) =>
      app.inject({ method: 'POST', url: '/api/v1/auth/register/register', payload: first, remoteAddress })
    const answers = await Promise.all(Array.from({ length: 14 }, () => guess('192.0.2.77')))
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([
      ...Array<number>(10).fill(403),
      ...Array<number>(4).fill(429),
    ])
    expect((await guess('192.0.2.78')).statusCode).toBe(403)
  })

  test('without a secret of its own an installation has no first account over HTTP; with off, anybody makes it', async () => {
    const make = async (SETUP_SECRET: string | undefined) => {
      const empty = await open()
      const server = await build(false, { db: empty.db, SETUP_SECRET })
      const answers = [
        await post('/auth/register/register', first, {}, server),
        await post('/auth/register/register', { ...first, setup_secret }, {}, server),
      ]
      await server.close()
      await empty.close()
      return answers.map(({ statusCode }) => statusCode)
    }
    expect(await make(undefined)).toEqual([403, 403])
    expect(await make('off')).toEqual([201, 409])
    audited.length = 0
  }, 60_000)

  test('of eight first registrations at once one becomes administrator', async () => {
    expect((await app.inject('/api/v1/auth/is_admin_user')).json()).toEqual({ is_admin: true })
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        post('/auth/register/register', { email: `Admin${n}@example.com`, password, setup_secret }),
      ),
    )
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([201, 409, 409, 409, 409, 409, 409, 409])
    const admin = answers.find(({ statusCode }) => statusCode === 201)?.json()
    expect(admin).toMatchObject({ role: 'admin', is_superuser: true, is_verified: true, grants: [], view_only: false })
    expect(admin.email).toMatch(/^admin\d@example.com$/)
    expect(answers.find(({ statusCode }) => statusCode === 409)?.json()).toEqual({ detail: 'Registration is closed' })
    expect((await app.inject('/api/v1/auth/is_admin_user')).json()).toEqual({ is_admin: false })
    expect(audited).toEqual([{ type: 'user.changed', actor: admin.email, user_id: admin.id }])
  })

  test('once there is a user, the set-up secret opens nothing', async () => {
    const answer = await post('/auth/register/register', { email: 'late@example.com', password, setup_secret })
    expect([answer.statusCode, answer.json()]).toEqual([409, { detail: 'Registration is closed' }])
    const body = { email: 'open@example.com', password, setup_secret }
    expect((await post('/auth/register/register', body, {}, openApp)).json()).toMatchObject({ role: 'member' })
  })

  test('who registers by an open door is a member, whatever the body says', async () => {
    const claims = { role: 'admin', grants: ['approve'], view_only: true, is_superuser: true, is_verified: true }
    const body = { email: 'Eve@Example.com', password, full_name: 'Eve', ...claims }
    const answer = await post('/auth/register/register', body, {}, openApp)
    expect([answer.statusCode, answer.json()]).toEqual([
      201,
      expect.objectContaining({
        email: 'eve@example.com',
        full_name: 'Eve',
        role: 'member',
        grants: [],
        view_only: false,
        is_superuser: false,
        is_verified: false,
        created_at: expect.stringMatching(/Z$/),
      }),
    ])
    const again = await post('/auth/register/register', { ...body, email: 'EVE@example.com' }, {}, openApp)
    expect([again.statusCode, again.json()]).toEqual([400, { detail: 'A user with this email already exists' }])
  })

  test.each([
    ['no body', undefined, 422, [{ type: 'missing', loc: ['body'] }]],
    ['no e-mail', { password }, 422, [{ type: 'missing', loc: ['body', 'email'] }]],
    ['a bad e-mail', { email: 'nobody', password }, 422, [{ type: 'value_error', loc: ['body', 'email'] }]],
    ['no password', { email: 'a@b.co' }, 422, [{ type: 'missing', loc: ['body', 'password'] }]],
    [
      'a password that is none',
      { email: 'a@b.co', password: 1 },
      422,
      [{ type: 'string_type', loc: ['body', 'password'] }],
    ],
    ['a long name', { email: 'a@b.co', password, full_name: 'x'.repeat(256) }, 422, [{ type: 'string_too_long' }]],
    [
      'a short password',
      { email: 'a@b.co', password: '1234567' },
      400,
      { code: 'REGISTER_INVALID_PASSWORD', reason: expect.any(String) },
    ],
    ['a long password', { email: 'a@b.co', password: 'x'.repeat(129) }, 400, { code: 'REGISTER_INVALID_PASSWORD' }],
  ])('registration with %s is refused', async (_, body, status, detail) => {
    const answer = await post('/auth/register/register', body, {}, openApp)
    expect([answer.statusCode, answer.json()]).toMatchObject([status, { detail }])
  })

  test('a sign-in works in any case of the e-mail, and is on record', async () => {
    const email = await newMember()
    audited.length = 0
    const answer = await signIn(email.toUpperCase())
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { access_token: expect.any(String), token_type: 'bearer', device_token: expect.any(String) },
    ])
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(audited).toEqual([{ type: 'auth.signed_in', actor: email, user_id: expect.any(String) }])
    for (const path of ['/auth/me', '/auth/users/me'])
      expect((await getMe(answer.json().access_token, path)).json()).toMatchObject({ email, role: 'member' })
  })

  test('wrong password, unknown and inactive user look the same and are on record', async () => {
    const [email, inactive] = [await newMember(), await newMember()]
    await database.db.update(users).set({ is_active: false }).where(eq(users.email, inactive))
    audited.length = 0
    for (const [name, secret] of [
      [email, 'wrong password'],
      ['nobody@example.com', password],
      [inactive, password],
    ] as const) {
      const answer = await signIn(name, secret)
      expect([answer.statusCode, answer.json()]).toEqual([400, { detail: 'LOGIN_BAD_CREDENTIALS' }])
    }
    expect(audited.map(({ type }) => type)).toEqual(['auth.failed', 'auth.failed', 'auth.failed'])
  })

  test('an unknown user costs what a known one costs: a look at one hash, made alike', async () => {
    const email = await newMember()
    const costOf = async (name: string) => {
      vi.mocked(verify).mockClear()
      await signIn(name, 'wrong password')
      return vi.mocked(verify).mock.calls.map(([hashed]) => String(hashed).split('$').slice(0, 4).join('$'))
    }
    const known = await costOf(email)
    expect(known).toEqual([expect.stringMatching(/^\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+$/)])
    expect(await costOf('stranger@example.com')).toEqual(known)
  })

  test('an address is verified by a token of its own, once, and by nothing else', async () => {
    const [email, other] = [await newMember(), await newMember()]
    const mark = (await signIn(email)).json().device_token as string
    const access = await accessOf(email)
    const { id } = (await getMe(access)).json() as { id: string }
    const verifyTokens = createVerifyTokens(config)
    const use = async (token: string) => {
      const answer = await post('/auth/verify/verify', { token })
      return [answer.statusCode, answer.json().detail ?? answer.json().is_verified]
    }
    const bad = [400, 'VERIFY_USER_BAD_TOKEN']
    const aud = 'fastapi-users:verify'
    const forged = new SignJWT({ sub: id, email, aud }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h')
    for (const token of [
      'nonsense',
      access,
      mark,
      await forged.sign(Buffer.from(config.JWT_SECRET)),
      await verifyTokens.sign({ sub: id, email: other }),
      await verifyTokens.sign({ sub: '00000000-0000-4000-8000-000000000000', email }),
      await createVerifyTokens({ ...config, JWT_SECRET: 'y'.repeat(32) }).sign({ sub: id, email }),
    ])
      expect(await use(token), token).toEqual(bad)
    const token = await verifyTokens.sign({ sub: id, email })
    audited.length = 0
    expect(await use(token)).toEqual([200, true])
    expect(await use(token)).toEqual([400, 'VERIFY_USER_ALREADY_VERIFIED'])
    expect((await getMe(access)).json()).toMatchObject({ is_verified: true })
    expect(audited).toEqual([{ type: 'user.changed', actor: email, user_id: id }])
    await database.db.update(users).set({ is_active: false, is_verified: false }).where(eq(users.email, email))
    expect(await use(token)).toEqual(bad)
  })

  test('a superuser verifies an address by hand, or takes that back, on record; nobody else does', async () => {
    const email = await newMember()
    const access = await accessOf(email)
    const { id } = (await getMe(access)).json() as { id: string }
    const superuser = await newMember()
    await database.db.update(users).set({ is_superuser: true }).where(eq(users.email, superuser))
    const root = await accessOf(superuser)
    const nobody = '00000000-0000-4000-8000-000000000000'
    const change = async (token: string, body: object, of = id) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const url = `/api/v1/auth/users/${of}`
      const answer = await app.inject({ method: 'PATCH', url, headers, payload: JSON.stringify(body) })
      return [answer.statusCode, answer.json().detail ?? answer.json().is_verified]
    }
    const isVerified = async () => (await getMe(access)).json().is_verified
    const forbidden = [403, 'Forbidden']
    const member = await newMember()
    await database.db.update(users).set({ role: 'admin' }).where(eq(users.email, member))
    for (const token of [access, await accessOf(member)])
      for (const of of [id, nobody]) expect(await change(token, { is_verified: true }, of)).toEqual(forbidden)
    expect(await isVerified()).toBe(false)
    audited.length = 0
    const changed = { type: 'user.changed', actor: superuser, user_id: id }
    expect(await change(root, { is_verified: true })).toEqual([200, true])
    expect([await isVerified(), audited.splice(0)]).toEqual([true, [changed]])
    expect(await change(root, { is_verified: true })).toEqual([200, true])
    expect(audited).toEqual([])
    expect(await change(root, { is_verified: false })).toEqual([200, false])
    expect([await isVerified(), audited.splice(0)]).toEqual([false, [changed]])
    expect(await change(root, { is_verified: true }, nobody)).toEqual([404, 'Not Found'])
    // What this cannot change yet is refused, not left out.
    for (const body of [{}, { is_verified: true, role: 'admin' }]) expect((await change(root, body))[0]).toBe(422)
  })

  test('asking for such a token tells nobody who is there', async () => {
    for (const email of [await newMember(), 'nobody-at-all@example.com']) {
      const answer = await post('/auth/verify/request-verify-token', { email })
      expect([answer.statusCode, answer.json()]).toEqual([202, null])
    }
  })

  test('an old bcrypt hash signs in and becomes argon2id', async () => {
    const email = await newMember()
    await database.db
      .update(users)
      .set({ hashed_password: await bcrypt(password, 4) })
      .where(eq(users.email, email))
    expect((await signIn(email)).statusCode).toBe(200)
    const [user] = await database.db.select().from(users).where(eq(users.email, email))
    expect(user?.hashed_password).toMatch(/^\$argon2id\$/)
    expect((await signIn(email)).statusCode).toBe(200)
  })

  const wrong = (email: string, times: number, address: string, mark?: string) =>
    Promise.all(Array.from({ length: times }, () => signIn(email, 'wrong password', address, mark)))
  const statusOf = async (answer: ReturnType<typeof signIn>) => (await answer).statusCode

  test('ten wrong passwords in five minutes are enough for a stranger, many at once too', async () => {
    const email = await newMember()
    const tries = await wrong(email, 14, '192.0.2.10')
    expect(tries.filter(({ statusCode }) => statusCode === 429)).toHaveLength(4)
    const late = await signIn(email, password, '192.0.2.10')
    expect([late.statusCode, Number(late.headers['retry-after'])]).toEqual([429, expect.any(Number)])
    const stranger = await wrong('nobody-there@example.com', 11, '192.0.2.11')
    expect(
      stranger.filter(({ statusCode }) => statusCode === 429),
      'an unknown account is no other',
    ).toHaveLength(1)
  })

  test('they slow the stranger, and not the account: from another address the right person gets in', async () => {
    const email = await newMember()
    for (let n = 0; n < 4; n++) await wrong(email, 12, `192.0.2.${20 + n}`)
    expect(await statusOf(signIn(email, password, '192.0.2.30'))).toBe(200)
    for (let n = 0; n < 12; n++) expect(await statusOf(signIn(email, password, '192.0.2.30'))).toBe(200)
  })

  test('a device from which somebody has signed in is told from a stranger’s at the same address', async () => {
    const [email, other] = [await newMember(), await newMember()]
    const mark = (await signIn(email)).json().device_token as string
    const theirs = (await signIn(other)).json().device_token as string
    await wrong(email, 40, '192.0.2.40')
    expect(await statusOf(signIn(email, password, '192.0.2.40'))).toBe(429)
    expect(await statusOf(signIn(email, password, '192.0.2.40', mark))).toBe(200)
    // It is a mark of one account, made by us, and no token for anything else.
    const { access_token } = (await signIn(email, password, '192.0.2.41')).json()
    for (const none of [theirs, access_token, `${mark.slice(0, -3)}abc`, 'x'])
      expect(await statusOf(signIn(email, password, '192.0.2.40', none)), none).toBe(429)
    expect((await getMe(mark)).statusCode).toBe(401)
    expect(await statusOf(signIn(email, 'wrong password', '192.0.2.42', mark))).toBe(400)
  })

  test('a known device has ten wrong ones itself, wherever it is, and takes them from nobody else', async () => {
    const email = await newMember()
    const mark = (await signIn(email)).json().device_token as string
    for (let n = 0; n < 10; n++)
      expect(await statusOf(signIn(email, 'wrong password', `192.0.2.${50 + n}`, mark))).toBe(400)
    expect(await statusOf(signIn(email, password, '192.0.2.70', mark))).toBe(429)
    expect(await statusOf(signIn(email, password, '192.0.2.50'))).toBe(200)
  })

  test('one address tries the passwords of thirty accounts, and then of none', async () => {
    for (let n = 0; n < 30; n++) await signIn(`x${n}@example.com`, 'wrong', '192.0.2.80')
    expect(await statusOf(signIn('x99@example.com', 'wrong', '192.0.2.80'))).toBe(429)
    expect(await statusOf(signIn('x99@example.com', 'wrong', '192.0.2.81'))).toBe(400)
  })

  test('of IPv6, whoever has one address has 64 bits of them', async () => {
    const email = await newMember()
    for (let n = 0; n < 10; n++) await signIn(email, 'wrong password', `2001:db8:1:2:${n}::${n}`)
    expect(await statusOf(signIn(email, password, '2001:db8:1:2::ffff'))).toBe(429)
    expect(await statusOf(signIn(email, password, '2001:db8:1:3::ffff'))).toBe(200)
  })

  test('a token that is expired, forged, without end, for something else or of somebody inactive is none', async () => {
    const email = await newMember()
    const access = await accessOf(email)
    const { userId = '', sessionId = '' } = (await tokens.verify(access)) ?? {}
    const forge = (change: (jwt: SignJWT) => SignJWT, secret = config.JWT_SECRET) =>
      change(
        new SignJWT({
          sid: sessionId,
          sub: userId,
          aud: ['fastapi-users:auth'],
          exp: 9_999_999_999,
        }).setProtectedHeader({ alg: 'HS256' }),
      ).sign(Buffer.from(secret))
    expect((await getMe(await forge((jwt) => jwt))).statusCode).toBe(200)
    const bad = [
      await forge((jwt) => jwt.setExpirationTime(1)),
      await forge((jwt) => jwt, 'y'.repeat(32)),
      await forge((jwt) => jwt.setAudience('fastapi-users:reset')),
      await forge((jwt) => jwt.setSubject('not-a-uuid')),
      await new SignJWT({ sid: sessionId, sub: userId, aud: ['fastapi-users:auth'] })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from(config.JWT_SECRET)),
      `${access.slice(0, -3)}abc`,
      'nonsense',
    ]
    for (const token of bad) expect((await getMe(token)).statusCode).toBe(401)
    await database.db.update(users).set({ is_active: false }).where(eq(users.email, email))
    expect((await getMe(access)).statusCode).toBe(401)
  })

  test.each(['/auth/jwt/logout', '/auth/refresh/issue'])('%s needs a credential', async (path) => {
    expect((await post(path)).statusCode).toBe(401)
  })

  test('signing out kills the access token and its session', async () => {
    const access = await accessOf(await newMember())
    const { sessionId = '' } = (await tokens.verify(access)) ?? {}
    const token = await refreshTokenOf(access)
    expect(await readLiveSessions(database.db, [sessionId])).toMatchObject([{ session_id: sessionId }])
    const answer = await post('/auth/jwt/logout', undefined, { authorization: `Bearer ${access}` })
    expect([answer.statusCode, answer.body]).toEqual([204, ''])
    expect((await getMe(access)).statusCode).toBe(401)
    expect((await useRefresh(token)).statusCode).toBe(401)
    expect(await readLiveSessions(database.db, [sessionId])).toEqual([])
  })

  test('a refresh gives a new pair in the same session, as cookies too', async () => {
    const email = await newMember()
    const access = await accessOf(email)
    const issued = await post('/auth/refresh/issue', undefined, { authorization: `Bearer ${access}` })
    expect(issued.json()).toEqual({ refresh_token: expect.stringMatching(/^[\w-]{64}$/), expires_in: 604_800 })
    const answer = await useRefresh(issued.json().refresh_token)
    expect(answer.json()).toMatchObject({
      token_type: 'bearer',
      user: { email, teams: [], updated_at: expect.stringMatching(/\+00:00$/), grants: [], view_only: false },
    })
    const cookies = [answer.headers['set-cookie'] ?? []].flat()
    expect(cookies).toEqual([
      expect.stringMatching(/^auth_token=.+; Max-Age=900; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
      expect.stringMatching(/^refresh_token=.+; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ])
    const [before, after] = [await tokens.verify(access), await tokens.verify(answer.json().access_token)]
    expect(after?.sessionId).toBe(before?.sessionId)
    expect((await getMe(answer.json().access_token)).statusCode).toBe(200)
  })

  test('a refresh without, with an unknown and with an expired token is 401 and clears the cookies', async () => {
    const token = await refreshTokenOf(await accessOf(await newMember()))
    const { sessionId } = { sessionId: refreshTokens.session_id }
    const [row] = await database.db.select({ sessionId }).from(refreshTokens).orderBy(sql`created_at desc`).limit(1)
    await database.db
      .update(refreshTokens)
      .set({ expires_at: new Date(0) })
      .where(eq(refreshTokens.session_id, row?.sessionId ?? ''))
    for (const [answer, detail] of [
      [await post('/auth/refresh'), 'Refresh token missing'],
      [await useRefresh('unknown'), 'Refresh token invalid'],
      [await useRefresh(token), 'Refresh token invalid'],
    ] as const) {
      expect([answer.statusCode, answer.json()]).toEqual([401, { detail }])
      expect([answer.headers['set-cookie']].flat()).toHaveLength(2)
    }
  })

  test('eight refreshes of one token at once all go on; reuse after half a minute ends the session', async () => {
    const access = await accessOf(await newMember())
    const token = await refreshTokenOf(access)
    const answers = await Promise.all(Array.from({ length: 8 }, () => useRefresh(token)))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(200))
    for (const answer of answers) expect((await getMe(answer.json().access_token)).statusCode).toBe(200)
    const { sessionId = '' } = (await tokens.verify(access)) ?? {}
    const live = await database.db
      .select({ id: refreshTokens.id })
      .from(refreshTokens)
      .where(sql`session_id = ${sessionId} and revoked_at is null`)
    expect(live).toHaveLength(5)
    await database.db
      .update(refreshTokens)
      .set({ replaced_at: sql`replaced_at - interval '31 seconds'` })
      .where(sql`session_id = ${sessionId} and replaced_at is not null`)
    expect((await useRefresh(token)).statusCode).toBe(401)
    expect((await getMe(access)).statusCode).toBe(401)
    const [session] = await database.db.select().from(sessions).where(eq(sessions.id, sessionId))
    expect(session?.revoked_at).not.toBeNull()
  })

  test('logout by the refresh cookie ends its session; without one it only clears', async () => {
    const access = await accessOf(await newMember())
    const token = await refreshTokenOf(access)
    for (const headers of [{}, { cookie: `refresh_token=${token}` }] as Record<string, string>[]) {
      const answer = await post('/auth/logout', undefined, headers)
      expect([answer.statusCode, answer.json()]).toEqual([200, { success: true }])
      expect([answer.headers['set-cookie']].flat()).toHaveLength(2)
    }
    expect((await getMe(access)).statusCode).toBe(401)
  })
})
