import type { Endpoints } from '@fairlead/contract/endpoints/endpoints'
import { endpoints } from '@fairlead/contract/endpoints/endpoints'
import { sql } from 'drizzle-orm'
import { decodeJwt, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { only, readRun } from './flow.fixture.ts'
import type { Person } from './person.fixture.ts'
import { loadsWriteTools, newCalls } from './scenario.fixture.ts'
import { type Belongings, rules, statusOf } from './who-may.fixture.ts'
import { type Kind, kinds } from './who-may-row.fixture.ts'

const names = Object.keys(rules) as (keyof Endpoints)[]
// What ends a session or takes an object away comes last.
const last: (keyof Endpoints)[] = ['deleteConversation', 'logoutToken']
const ordered = [...names.filter((name) => !last.includes(name)), ...last]
const guarded = names.filter((name) => !['none', 'refresh-cookie'].includes(endpoints[name].access))

/** What makes a member one of another kind. */
const changes: Record<Kind | 'gone' | 'ann', string> = {
  ann: "role = 'member', is_superuser = false",
  member: "role = 'member'",
  viewer: 'view_only = true',
  auditor: "grants = '{audit}'",
  approver: "grants = '{approve}'",
  admin: "role = 'admin'",
  superuser: 'is_superuser = true',
  gone: 'is_active = false',
}

describe.each(adapterSets)('who may do what, %s', (adapters) => {
  const secret = 'a secret of at least thirty-two bytes'
  let engine: EngineUnderTest
  const people = new Map<string, { person: Person; has: Belongings }>()
  const owner = (name: string) => {
    const found = people.get(name)
    if (found === undefined) throw new Error(`nobody is ${name}`)
    return found
  }

  const settle = async (person: Person): Promise<Belongings> => {
    const { scale } = newCalls(engine)
    engine.model.use([loadsWriteTools, { toolCalls: [scale('W1')] }, { text: 'Hello.' }])
    const proposal = only(await readRun(await person.chat('scale it')), 'tool.awaiting_approval')
    const idle = only(await readRun(await person.chat('hello')), 'workflow_complete')
    const spare = (await person.request('POST', '/conversations', {})).body as { id: string }
    const me = (await person.request('GET', '/auth/me')).body as { id: string }
    return {
      user: me.id,
      conversation: proposal.conversation_id,
      call: proposal.call_id,
      args_digest: proposal.args_digest,
      idle: idle.conversation_id,
      run: idle.run_id,
      spare: spare.id,
    }
  }

  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters, settings: { JWT_SECRET: secret } })
    for (const name of Object.keys(changes)) {
      const person = await engine.newPerson()
      people.set(name, { person, has: await settle(person) })
    }
    const change = async (db: { execute(query: ReturnType<typeof sql>): PromiseLike<unknown> }) => {
      for (const [name, set] of Object.entries(changes)) {
        await db.execute(sql`update users set ${sql.raw(set)} where email = ${owner(name).person.email}`)
      }
    }
    await engine.restart({ whileDown: change, settings: { ALLOW_SELF_REGISTRATION: 'false' } })
    engine.model.use(() => ({ text: 'Hello.' }))
  })
  afterAll(() => engine?.close())

  const expired = async ({ person: { token } }: { person: Person }) =>
    new SignJWT(decodeJwt(token))
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(new Date(Date.now() - 1000))
      .sign(new TextEncoder().encode(secret))

  test.each(guarded)('%s is for nobody without a credential that counts', async (name) => {
    const ann = owner('ann')
    for (const token of [undefined, await expired(ann), owner('gone').person.token, `${ann.person.token}x`]) {
      expect(await statusOf(engine.api, { name, of: ann.has, token })).toBe(401)
    }
  })

  test.each(names.filter((name) => !guarded.includes(name)))('%s is for everybody', async (name) => {
    const { has } = owner('ann')
    for (const token of [undefined, await expired(owner('ann')), owner('gone').person.token]) {
      expect(await statusOf(engine.api, { name, of: has, token })).toBe(rules[name].own[0])
    }
  })

  test.each(ordered)("%s, with another member's things", async (name) => {
    const { person: ann, has } = owner('ann')
    const state = async () => ({
      calls: engine.tools.calls.filter(({ callId }) => !callId.startsWith('facts_')).length,
      requests: engine.model.requests.length,
      waiting: await ann.conversation(has.conversation),
      idle: await ann.conversation(has.idle),
      inbox: await ann.inbox(),
    })
    const before = await state()
    const statuses = []
    for (const kind of kinds) {
      if (name === 'logoutToken') break // nobody else's token is in it
      statuses.push(await statusOf(engine.api, { name, of: has, token: owner(kind).person.token }))
    }
    expect(statuses).toEqual(name === 'logoutToken' ? [] : rules[name].others)
    expect(await state()).toEqual(before)
  })

  test("lists hold nothing of others, but an auditor's", async () => {
    const { has } = owner('ann')
    const secrets = [has.user, has.conversation, has.call, has.idle, has.run, has.spare]
    for (const kind of kinds) {
      const { person, has: own } = owner(kind)
      for (const path of ['/conversations?limit=50', '/approvals?limit=50', '/audit?limit=200']) {
        const { status, body } = await person.request('GET', path)
        const text = JSON.stringify(body)
        const seesAll = path.startsWith('/audit') && ['auditor', 'admin', 'superuser'].includes(kind)
        expect([status, kind, path, secrets.some((secret) => text.includes(secret))]).toEqual([
          200,
          kind,
          path,
          seesAll,
        ])
        if (!seesAll && kind !== 'viewer') expect(text).toContain(own.conversation)
      }
    }
  })

  test.each(ordered)('%s, with what is their own', async (name) => {
    const statuses = []
    for (const kind of kinds) {
      const { person, has } = owner(kind)
      statuses.push(await statusOf(engine.api, { name, of: has, token: person.token }))
    }
    expect(statuses).toEqual(rules[name].own)
  })
})
