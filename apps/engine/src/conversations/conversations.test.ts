import { createHash, randomUUID } from 'node:crypto'
import type { TimelineMessage } from '@fairlead/contract/call/timeline'
import type { OutputOf } from '@fairlead/contract/endpoints/define-endpoint'
import { endpoints as all } from '@fairlead/contract/endpoints/endpoints'
import { createLogger } from '@fairlead/service-kit/logger'
import { eq } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditHandlers } from '../audit/routes.ts'
import { type People, signedInPeople } from '../auth/people.fixture.ts'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import { auditEvents } from '../event-log/audit/audit-event.table.ts'
import { putBlob } from '../event-log/record/blobs.ts'
import { messages } from '../event-log/record/message.table.ts'
import { toolCalls } from '../event-log/record/tool-call.table.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import { buildServer } from '../http/build-server.ts'
import { conversations } from './conversation.table.ts'
import { conversationHandlers } from './routes.ts'

const { createConversation, listConversations, getConversation, getBlob, changeConversation, deleteConversation } = all
const { listAudit, exportAudit, verifyAudit } = all
const endpoints = {
  createConversation,
  listConversations,
  getConversation,
  getBlob,
  changeConversation,
  deleteConversation,
  listAudit,
  exportAudit,
  verifyAudit,
}

type Page = OutputOf<typeof listConversations>

describe.each(databases)('$name', ({ open }) => {
  let database: Database
  let app: FastifyInstance
  let people: People
  let [ann, bob, root] = [] as unknown as [AuthenticatedUser, AuthenticatedUser, AuthenticatedUser]
  let timeline: TimelineMessage[] = []
  let queries: object[] = []
  let stopped: string[] = []
  let published: unknown[] = []

  beforeAll(async () => {
    database = await open()
    people = signedInPeople(database.db)
    app = await buildServer({
      config: {
        API_V1_STR: '',
        DEBUG: true,
        CORS_ALLOWED_ORIGINS: [],
        ALLOWED_HOSTS: [],
        TRUSTED_PROXIES: [],
        PUBLIC_URL: 'http://localhost:3000',
      },
      endpoints,
      log: createLogger({ name: 'test', level: 'silent' }),
      watchSession: () => () => {},
      authenticate: people.authenticate,
      handlers: {
        ...conversationHandlers({
          db: database.db,
          readTimeline: async (_db, query) => {
            queries.push(query)
            return { messages: timeline, next_cursor: null, has_more: false }
          },
          activeRun: async () => 'run-1',
          isAwaitingApproval: async () => true,
          stopRun: async (id) => void stopped.push(id),
          removeRuns: async () => () => {},
          publish: (userId, news) => published.push([userId, news]),
        }),
        ...auditHandlers({
          db: database.db,
          publicKeys: async () => ({ keys: [] }),
          chainKeys: async () => ({ own: [], trusted: [], handedOut: [] }),
        }),
      },
    })
  })
  afterAll(async () => {
    await app.close()
    await database.close()
  })
  beforeEach(async () => {
    ann = await people.add()
    bob = await people.add()
    root = await people.add({ role: 'admin', is_superuser: true })
    timeline = []
    queries = []
    stopped = []
    published = []
  })

  const call = (
    who: { id: string } | undefined,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
  ) =>
    app.inject({
      method,
      url,
      headers: {
        ...(who && { authorization: `Bearer ${who.id}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      payload: body === undefined ? undefined : JSON.stringify(body),
    })
  const create = async (who: { id: string }, id?: string) =>
    (await call(who, 'POST', '/conversations/', { conversation_id: id })).json().id as string

  test('a conversation gets the given id, in lower case, or a new one; its title is not taken from the body', async () => {
    const id = randomUUID().toUpperCase()
    const answer = await call(ann, 'POST', '/conversations/', { conversation_id: id, title: 'mine' })
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { status: 'success', id: id.toLowerCase(), title: '', created_at: expect.stringMatching(/\+00:00$/) },
    ])
    expect(await create(ann, 'not-a-uuid')).toMatch(/^[0-9a-f-]{36}$/)
    expect((await call(ann, 'POST', '/conversations', {})).statusCode).toBe(200)
    const rows = await database.db.select().from(messages).where(eq(messages.conversation_id, id.toLowerCase()))
    expect(rows).toMatchObject([{ role: 'system', sequence: 1 }])
  })

  test('its owner may repeat an id, nobody else may use it, and nobody once it was deleted', async () => {
    const id = await create(ann, randomUUID())
    expect(await create(ann, id)).toBe(id)
    const others = await call(bob, 'POST', '/conversations/', { conversation_id: id })
    expect([others.statusCode, others.json()]).toEqual([409, { detail: 'Conversation already exists' }])
    await call(ann, 'DELETE', `/conversations/${id}`)
    for (const who of [ann, bob])
      expect((await call(who, 'POST', '/conversations/', { conversation_id: id })).statusCode).toBe(409)
  })

  test('of many who create one id at once, one gets it', async () => {
    const id = randomUUID()
    const answers = await Promise.all(
      [ann, bob, root, ann].map((who) => call(who, 'POST', '/conversations', { conversation_id: id })),
    )
    const owners = await database.db.select().from(conversations).where(eq(conversations.id, id))
    expect(owners).toHaveLength(1)
    expect(answers.filter(({ statusCode }) => statusCode === 409).length).toBeGreaterThanOrEqual(2)
  })

  test('others get 403 and change nothing, strangers 401, unknown ids 404', async () => {
    const id = await create(ann)
    const paths = [
      ['GET', `/conversations/${id}`, undefined],
      ['GET', `/conversations/${id}/blobs/${'a'.repeat(64)}`, undefined],
      ['PATCH', `/conversations/${id}`, { title: 'stolen' }],
      ['DELETE', `/conversations/${id}`, undefined],
    ] as const
    for (const [method, path, body] of paths) {
      const answer = await call(bob, method, path, body)
      expect([answer.statusCode, answer.json()]).toEqual([403, { detail: 'Not authorized for conversation' }])
      expect((await call(undefined, method, path, body)).statusCode).toBe(401)
      for (const unknown of [randomUUID(), 'no-uuid']) {
        const missing = await call(ann, method, path.replace(id, unknown), body)
        const detail = path.includes('blobs') ? 'Not Found' : 'Conversation not found'
        expect([missing.statusCode, missing.json()]).toEqual([404, { detail }])
      }
    }
    for (const path of ['/conversations', '/audit', '/audit/export', '/audit/verify'])
      expect((await call(undefined, 'GET', path)).statusCode).toBe(401)
    expect((await call(undefined, 'POST', '/conversations', {})).statusCode).toBe(401)
    expect(stopped).toEqual([])
    expect((await call(ann, 'GET', `/conversations/${id}`)).json()).toMatchObject({ title: '' })
  })

  test('reading gives the timeline whole, or a page of it', async () => {
    const id = await create(ann)
    const whole = (await call(ann, 'GET', `/conversations/${id}`)).json()
    expect(whole).toEqual({
      status: 'success',
      exists: true,
      id,
      created_at: expect.stringMatching(/\+00:00$/),
      messages: null,
      title: '',
      active_run_id: 'run-1',
      awaiting_approval: true,
    })
    timeline = [{ id: 'm', type: 'user', content: 'hi', timestamp: 1 }]
    for (const [query, limit] of [
      ['limit=7', 7],
      ['limit=0', 50],
      ['limit=500', 100],
      ['before=c', 50],
    ] as const) {
      const page = (await call(root, 'GET', `/conversations/${id}?${query}`)).json()
      expect(page).toMatchObject({ messages: timeline, pagination: { limit, next_cursor: null, has_more: false } })
      expect(page.owner, 'somebody else reads it').toEqual({ id: ann.id, email: ann.email, name: expect.any(String) })
      expect(queries.at(-1)).toMatchObject({ conversationId: id, limit })
    }
  })

  test.each([
    ['POST', '/conversations/', undefined, 422],
    ['POST', '/conversations/', [], 422],
    ['POST', '/conversations/', { conversation_id: 1 }, 422],
    ['GET', '/conversations?limit=x', undefined, 422],
    ['GET', '/conversations?cursor=yesterday', undefined, 400],
    ['GET', '/conversations?cursor=2026-01-01T00:00:00Z|x', undefined, 400],
    ['GET', `/conversations?cursor=${randomUUID()}`, undefined, 400],
    ['GET', '/conversations/:id?limit=x', undefined, 422],
    ['PATCH', '/conversations/:id', { title: 'x'.repeat(256) }, 422],
    ['PATCH', '/conversations/:id', { title: 1 }, 422],
    ['PATCH', '/conversations/:id', { is_active: 'x' }, 422],
    ['PATCH', '/conversations/:id', { conversation_metadata: 'x' }, 422],
    ['PATCH', '/conversations/:id', { messages_json: [] }, 400],
    ['GET', '/audit?limit=0', undefined, 422],
    ['GET', '/audit?limit=201', undefined, 422],
    ['GET', '/audit?start=yesterday', undefined, 422],
    ['GET', '/audit?user_id=x', undefined, 422],
    ['GET', '/audit?cursor=x', undefined, 400],
    ['GET', '/audit/export?format=xml', undefined, 422],
    ['GET', '/audit/verify?from_seq=0', undefined, 422],
  ] as const)('%s %s with %j is %i', async (method, path, body, status) => {
    const answer = await call(ann, method, path.replace(':id', await create(ann)), body)
    expect(answer.statusCode).toBe(status)
    expect(Object.keys(answer.json())).toEqual(['detail'])
  })

  test('pages of the list are complete, in order, and by any form of cursor', async () => {
    const ids = []
    for (let n = 0; n < 7; n++) ids.push(await create(ann))
    await create(bob)
    // Equal times: the id decides.
    await database.db
      .update(conversations)
      .set({ updated_at: new Date('2026-01-31T10:00:00.123Z') })
      .where(eq(conversations.user_id, ann.id))
    const expected = ids.toSorted().toReversed()
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Page = (await call(ann, 'GET', `/conversations/?limit=3&cursor=${cursor}`)).json()
      seen.push(...page.data.map((row) => row.id))
      cursor = page.pagination.next_cursor // not encoded: its plus sign arrives as a space
    }
    expect(seen).toEqual(expected)
    const idsBehind = async (by: string) =>
      (await call(ann, 'GET', `/conversations?cursor=${encodeURIComponent(by)}`))
        .json()
        .data.map(({ id }: { id: string }) => id)
    expect(await idsBehind(expected[4] ?? '')).toEqual(expected.slice(5))
    expect(await idsBehind('2026-01-31T10:00:00.124Z')).toEqual(expected)
    expect(await idsBehind('2026-01-31T10:00:00.123+00:00')).toEqual([])
    for (const [given, limit] of [
      ['-1', 20],
      ['0', 20],
      ['99', 50],
    ] as const)
      expect((await call(ann, 'GET', `/conversations?limit=${given}`)).json().pagination.limit).toBe(limit)
  })

  test('titles are found whatever their case, and wildcards are only letters', async () => {
    for (const title of ['Scale WEB', '100% done', 'other'])
      await call(ann, 'PATCH', `/conversations/${await create(ann)}`, { title })
    const found = async (query: string) =>
      (await call(ann, 'GET', `/conversations?query=${encodeURIComponent(query)}`))
        .json()
        .data.map(({ title }: { title: string }) => title)
    expect(await found(' web ')).toEqual(['Scale WEB'])
    expect(await found('0%')).toEqual(['100% done'])
    expect(await found('%%')).toEqual([])
    expect(await found('x')).toHaveLength(3)
  })

  test('a change touches only what was given', async () => {
    const id = await create(ann)
    const answer = await call(ann, 'PATCH', `/conversations/${id}`, { title: 'new\0', conversation_metadata: { a: 1 } })
    expect(answer.json()).toEqual({
      status: 'success',
      id,
      title: 'new\ufffd',
      updated_at: expect.stringMatching(/\+00:00$/),
    })
    await call(root, 'PATCH', `/conversations/${id}`, { is_active: false })
    const [row] = await database.db.select().from(conversations).where(eq(conversations.id, id))
    expect(row).toMatchObject({ title: 'new\ufffd', conversation_metadata: { a: 1 }, is_active: false })
  })

  test('the owner is told of what is new: a conversation once, a title whoever gave it', async () => {
    const id = await create(ann)
    await create(ann, id)
    await call(bob, 'POST', '/conversations', { conversation_id: id })
    await call(bob, 'PATCH', `/conversations/${id}`, { title: 'stolen' })
    await call(ann, 'PATCH', `/conversations/${id}`, { is_active: true })
    await call(ann, 'PATCH', `/conversations/${id}`, { title: 'x'.repeat(256) })
    await call(root, 'PATCH', `/conversations/${id}`, { title: 'Ours' })
    await call(ann, 'PATCH', `/conversations/${id}`, { title: null })
    const renamed = { type: 'conversation.title.generated', conversation_id: id }
    expect(published).toEqual([
      [ann.id, { type: 'conversation.created', conversation_id: id, created_at: expect.stringMatching(/Z$/) }],
      [ann.id, { ...renamed, title: 'Ours' }],
      [ann.id, { ...renamed, title: '' }],
    ])
  })

  test('deleting stops the run and takes all but the audit', async () => {
    const id = await create(ann)
    const answer = await call(ann, 'DELETE', `/conversations/${id}`)
    expect(answer.json()).toEqual({ status: 'success', message: 'Conversation deleted successfully', id })
    expect(stopped).toEqual([id])
    expect(await database.db.select().from(messages).where(eq(messages.conversation_id, id))).toEqual([])
    const kept = await database.db.select().from(auditEvents).where(eq(auditEvents.conversation_id, id))
    expect(kept.map(({ type }) => type).toSorted()).toEqual(['conversation.created', 'conversation.deleted'])
    expect((await call(ann, 'GET', `/conversations/${id}`)).statusCode).toBe(404)
  })

  test('a body is given out with the conversation whose call refers to it, in ranges too', async () => {
    const [id, other] = [await create(ann), await create(ann)]
    const body = `line ${randomUUID()}`
    const blob = await putBlob(database.db, { contentType: 'text/plain; charset=utf-8', body })
    expect(blob.sha256).toBe(createHash('sha256').update(body).digest('hex'))
    await database.db.insert(toolCalls).values({
      call_id: randomUUID(),
      conversation_id: id,
      run_id: randomUUID(),
      ordinal: 1,
      provider_id: 'p',
      server: 'builtin',
      tool: 'k8s_logs',
      title: 'Logs',
      class: 'read',
      args: {},
      args_digest: 'a'.repeat(64),
      result: [{ type: 'text', text: 'cut', blob }],
    })
    const answer = await call(ann, 'GET', `/conversations/${id}/blobs/${blob.sha256}`)
    expect([answer.body, answer.headers['content-type']]).toEqual([body, 'text/plain; charset=utf-8'])
    const elsewhere = await call(ann, 'GET', `/conversations/${other}/blobs/${blob.sha256}`)
    expect([elsewhere.statusCode, elsewhere.json()]).toEqual([404, { detail: 'Not Found' }])
  })
})
