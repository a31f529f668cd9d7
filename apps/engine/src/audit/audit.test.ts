import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { endpoints as all } from '@fairlead/contract/endpoints/endpoints'
import { createLogger } from '@fairlead/service-kit/logger'
import { sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type People, signedInPeople } from '../auth/people.fixture.ts'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import { type HeadKey, headKey } from '../event-log/audit/head-key.fixture.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { signHead } from '../event-log/audit/run-heads.ts'
import { seal } from '../event-log/audit/seal.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import { buildServer } from '../http/build-server.ts'
import { auditHandlers } from './routes.ts'

const { listAudit, exportAudit, verifyAudit } = all
const conversation = randomUUID()
const scaled = { cluster: 'c1', namespace: 'shop', kind: 'Deployment', name: 'web' }

describe.each(databases)('$name', ({ open }) => {
  let database: Database
  let app: FastifyInstance
  let people: People
  let key: HeadKey
  let head: string | undefined
  let url: string
  /** What a verification waits for before it reads. */
  let mayVerify: Promise<void> | undefined
  let begun = 0
  let reads = 0
  let [ann, bob, auditor] = [] as unknown as [AuthenticatedUser, AuthenticatedUser, AuthenticatedUser]

  beforeAll(async () => {
    database = await open()
    key = await headKey()
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
      endpoints: { listAudit, exportAudit, verifyAudit },
      log: createLogger({ name: 'test', level: 'silent' }),
      watchSession: () => () => {},
      authenticate: people.authenticate,
      handlers: auditHandlers({
        db: new Proxy(database.db, {
          get(db, name) {
            if (name === 'select') reads++
            return Reflect.get(db, name)
          },
        }),
        publicKeys: async () => ({ keys: [key.jwk] }),
        chainKeys: async () => {
          begun++
          await mayVerify
          return key.chainKeys
        },
      }),
    })
    url = await app.listen({ host: '127.0.0.1', port: 0 })
    ann = await people.add()
    bob = await people.add()
    auditor = await people.add({ grants: ['audit'] })
    const of = (user: AuthenticatedUser) => ({ actor: user.email, user_id: user.id })
    await recordAudit(database.db, {
      ...of(ann),
      type: 'message.asked',
      conversation_id: conversation,
      data: { text: '=1+1' },
    })
    await recordAudit(database.db, {
      ...of(ann),
      type: 'call.proposed',
      conversation_id: conversation,
      call_id: 'call-1',
      data: { tool: 'k8s_scale', effect: { objects: [scaled] } },
    })
    await recordAudit(database.db, {
      ...of(ann),
      type: 'attempt.ended',
      conversation_id: conversation,
      call_id: 'call-1',
      data: {
        tool: 'k8s_scale',
        outcome: 'succeeded',
        objects: [{ ...scaled, namespace: 'other' }],
        result: 'x'.repeat(70_000),
      },
    })
    await recordAudit(database.db, { ...of(bob), type: 'auth.signed_in', data: {} })
    await seal(database.db)
    head = await signHead(database.db, key.sign)
  })
  afterAll(async () => {
    await app.close()
    await database.close()
  })

  const get = (who: AuthenticatedUser, path: string) =>
    app.inject({ method: 'GET', url: path, headers: { authorization: `Bearer ${who.id}` } })
  const typesOf = async (who: AuthenticatedUser, query = '') =>
    (await get(who, `/audit?${query}`)).json().items.map(({ type }: { type: string }) => type)

  test('a user sees what concerns the own account and conversations, an auditor all, newest first', async () => {
    expect(await typesOf(ann)).toEqual(['attempt.ended', 'call.proposed', 'message.asked'])
    expect(await typesOf(bob)).toEqual(['auth.signed_in'])
    expect(await typesOf(auditor)).toEqual(['auth.signed_in', 'attempt.ended', 'call.proposed', 'message.asked'])
  })

  test('who asks for others by name is refused', async () => {
    const others = await get(bob, `/audit?conversation_id=${conversation}`)
    expect([others.statusCode, others.json()]).toEqual([403, { detail: 'Not authorized for conversation' }])
    expect((await get(bob, `/audit?user_id=${ann.id}`)).statusCode).toBe(403)
    expect((await get(bob, `/audit/export?conversation_id=${conversation}`)).statusCode).toBe(403)
    expect(await typesOf(auditor, `conversation_id=${conversation}`)).toHaveLength(3)
  })

  test.each([
    ['type=message.asked,call.proposed', ['call.proposed', 'message.asked']],
    ['call_id=call-1', ['attempt.ended', 'call.proposed']],
    ['tool=k8s_scale&outcome=succeeded', ['attempt.ended']],
    ['namespace=shop', ['call.proposed']],
    ['cluster=c1', ['attempt.ended', 'call.proposed']],
    ['object=Deployment/web&namespace=other', ['attempt.ended']],
    ['object=Deployment/db', []],
    ['conversation_id=not-a-uuid', []],
    ['run_id=not-a-uuid', []],
    ['start=2999-01-01T00:00:00Z', []],
    ['end=2999-01-01T00:00:00Z&type=message.asked', ['message.asked']],
    ['end=2000-01-01T00:00:00Z', []],
  ])('%s finds %j', async (query, types) => {
    expect(await typesOf(ann, query)).toEqual(types)
  })

  test('pages join to the whole', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: { items: { type: string }[]; next_cursor: string | null } = (
        await get(ann, `/audit?limit=2${cursor && `&cursor=${cursor}`}`)
      ).json()
      seen.push(...page.items.map(({ type }) => type))
      cursor = page.next_cursor
    }
    expect(seen).toEqual(['attempt.ended', 'call.proposed', 'message.asked'])
  })

  test('the export has rows in order, bodies before them, heads and keys last, and is itself on record', async () => {
    const answer = await get(auditor, '/audit/export')
    expect(answer.headers['content-disposition']).toBe('attachment; filename="audit.jsonl"')
    const lines = answer.body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const [first, second, body, ...rest] = lines
    const [last, ...rows] = [...rest.toReversed(), second, first]
    expect(body).toEqual({
      blob: expect.any(String),
      content_type: 'text/plain; charset=utf-8',
      body: 'x'.repeat(70_000),
    })
    expect(rows.map(({ seq }) => seq)).toEqual([4, 3, 2, 1])
    expect(rows[1].data.result.blob).toBe(body.blob)
    expect(last).toEqual({ heads: [head], keys: { keys: [key.jwk] } })
    const [made] = (await get(auditor, '/audit?type=export.made')).json().items
    expect(made).toMatchObject({ actor: auditor.email, seq: null, data: { format: 'jsonl', rows: 4, filters: {} } })
  })

  test("a digest in somebody's own words gets nobody's body", async () => {
    const eve = await people.add()
    const theirs = `of another, ${'y'.repeat(70_000)}`
    await recordAudit(database.db, { actor: 'engine', user_id: ann.id, type: 'call.ended', data: { result: theirs } })
    const blob = createHash('sha256').update(theirs).digest('hex')
    const bytes = theirs.length
    const args = { blob, bytes }
    const named = { args, result: [{ type: 'text', text: 'x', of: { sha256: blob, bytes } }], deep: { args } }
    await recordAudit(database.db, { actor: eve.email, user_id: eve.id, type: 'call.ended', data: named })
    await seal(database.db)
    const lines = (await get(eve, '/audit/export?format=jsonl')).body.trim().split('\n')
    const bodies = lines.map((line) => JSON.parse(line)).filter(({ body }) => body !== undefined)
    expect(bodies).toEqual([])
    // What the caller said is kept as it was said.
    expect(lines.map((line) => JSON.parse(line).data).filter(Boolean)).toEqual([named])
  })

  test('a table has a line for each row, and no cell that a table program would run', async () => {
    const answer = await get(ann, '/audit/export?format=csv&type=message.asked')
    const [head, line] = answer.body.split('\r\n')
    expect(head).toBe('seq,id,at,actor,actor_ip,user_id,conversation_id,run_id,call_id,type,data,prev_hash,hash,format')
    expect(line).toContain('"{""text"":""=1+1""}"')
    const eve = await people.add({ email: '=cmd()@example.com' })
    await recordAudit(database.db, { actor: eve.email, user_id: eve.id, type: 'auth.failed', data: {} })
    await seal(database.db)
    expect((await get(eve, '/audit/export?format=csv')).body).toContain(",'=cmd()@example.com,")
  })

  test('an export of many rows comes in pieces', async () => {
    const many = await people.add()
    const rows = Array.from({ length: 1200 }, (_, n) => ({
      actor: 'many',
      user_id: many.id,
      type: 'message.asked' as const,
      data: { n },
    }))
    await recordAudit(database.db, rows)
    while ((await seal(database.db)) > 0);
    const lines = (await get(many, '/audit/export')).body.trimEnd().split('\n')
    expect(lines).toHaveLength(1201)
    const numbers = lines.slice(0, -1).map((line) => JSON.parse(line).seq)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  })

  test('two verifications run at once; one of a client that has gone reads no further and makes room', async () => {
    const before = begun
    const held = Promise.withResolvers<void>()
    mayVerify = held.promise
    const verify = (signal?: AbortSignal) =>
      fetch(`${url}/audit/verify`, { headers: { authorization: `Bearer ${bob.id}` }, signal })
    const gone = new AbortController()
    const left = verify(gone.signal)
    const stays = verify()
    await expect.poll(() => begun - before).toBe(2)
    mayVerify = undefined
    const refused = async () => {
      const { statusCode, headers, body } = await get(bob, '/audit/verify?from_seq=1&to_seq=1')
      return { status: statusCode, after: headers['retry-after'], body: JSON.parse(body) }
    }
    const reason = expect.stringMatching(/^Two verifications of the record are running.*again/)
    expect(await refused()).toEqual({ status: 429, after: '5', body: { detail: 'Too Many Requests', reason } })
    gone.abort()
    await expect(left).rejects.toThrow('aborted')
    await sleep(100)
    const readsOf = async (work: () => Promise<unknown>) => {
      const from = reads
      await work()
      return reads - from
    }
    const ofBoth = await readsOf(async () => {
      held.resolve()
      expect(await (await stays).json()).toMatchObject({ ok: true })
    })
    expect(ofBoth).toBe(await readsOf(async () => expect((await verify()).status).toBe(200)))
  })

  test('everybody may check the chain, and learns the bad row only where it may be seen', async () => {
    expect((await get(bob, '/audit/verify')).json()).toMatchObject({ ok: true, first_seq: 1, first_bad: null })
    expect((await get(bob, '/audit/verify?from_seq=2&to_seq=3')).json()).toMatchObject({ ok: true, checked: 2 })
    await database.db.transaction(async (tx) => {
      await tx.execute(sql`alter table audit_events disable trigger user`)
      await tx.execute(sql`update audit_events set actor = 'eve' where seq = 2`)
      await tx.execute(sql`alter table audit_events enable trigger user`)
    })
    const bad = { ok: false, first_bad: { seq: 2, problem: 'changed', of: 'row' } }
    expect((await get(bob, '/audit/verify')).json()).toMatchObject({
      ...bad,
      first_bad: { ...bad.first_bad, id: null, detail: 'Row 2 is not as it was written.' },
    })
    const { id, detail } = (await get(ann, '/audit/verify')).json().first_bad
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(detail).toBe(`Row 2 (${id}) was changed.`)
  })
})
