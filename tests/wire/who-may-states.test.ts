import { randomUUID } from 'node:crypto'
import { callStatus } from '@fairlead/contract/call/call'
import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import { type Endpoints, endpoints } from '@fairlead/contract/endpoints/endpoints'
import { refusals } from '@fairlead/contract/errors'
import { approvalStatuses, approvals } from '@fairlead/engine/approvals/approval.table'
import { openDatabase } from '@fairlead/engine/db/open-database'
import { toolCalls } from '@fairlead/engine/event-log/record/tool-call.table'
import { runEnds, runs } from '@fairlead/engine/runs/run.table'
import { sharedPostgres } from '@fairlead/testing/shared/shared-servers'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { makeThings, nothing, type Thing, type Things } from './object-states.fixture.ts'
import type { Person } from './person.fixture.ts'
import { signIn } from './person.fixture.ts'
import { askEndpoint, type EndpointAnswer } from './request-endpoint.fixture.ts'
import { rules } from './who-may.fixture.ts'
import { type Answer, kinds, type Row, withoutStates } from './who-may-row.fixture.ts'

const whatMakes: Record<(typeof kinds)[number], string> = {
  member: "role = 'member'",
  viewer: 'view_only = true',
  auditor: "grants = '{audit}'",
  approver: "grants = '{approve}'",
  admin: "role = 'admin'",
  superuser: 'is_superuser = true',
}
const names = Object.keys(rules) as (keyof Endpoints)[]
const rowsOf = (name: keyof Endpoints) => rules[name].rows ?? []
const taking = names.flatMap((name) =>
  rowsOf(name).map((row, index) => ({ name, row, how: `${name} ${row.of} ${index}` })),
)

let engine: EngineUnderTest
let database: Awaited<ReturnType<typeof openDatabase>>
let things: Things
let release: () => void
const people = new Map<string, Person>()

beforeAll(async () => {
  const url = await (await sharedPostgres()).newDatabase()
  engine = await startEngineUnderTest({ adapters: 'servers', settings: { POSTGRES_DATABASE_URL: url } })
  database = await openDatabase({ url })
  for (const kind of kinds) people.set(kind, await engine.newPerson())
  ;({ things, release } = await makeThings(engine, database.db))
  for (const kind of kinds) await change(person(kind).email, whatMakes[kind])
  // The first one of an installation is its administrator.
  await change(engine.owner.email, "role = 'member', is_superuser = false")
  engine.model.use(() => ({ text: 'Hello.' }))
}, 120_000)
afterAll(async () => {
  release?.()
  await database?.close()
  await engine?.close()
})

function person(kind: string): Person {
  const found = people.get(kind)
  if (found === undefined) throw new Error(`nobody is ${kind}`)
  return found
}

async function change(email: string, set: string): Promise<void> {
  await database.db.execute(sql`update users set ${sql.raw(set)} where email = ${email}`)
}

const statesOf = (row: Row) => Object.entries(things[row.of]) as [string, Thing][]
const ask = ({ name, row }: { name: keyof Endpoints; row: Row }, thing: Thing, token: string | undefined) =>
  askEndpoint(engine.api, { name, request: row.ask(thing), token })

/** The answer without the id that the caller has named; of a batch that of its only decision. */
function ownOf({
  name,
  thing,
  answered,
}: {
  name: keyof Endpoints
  thing: Thing
  answered: EndpointAnswer
}): EndpointAnswer {
  const text = answered.text.replaceAll(thing.call, '<call>')
  if (name !== 'decideApprovals' || answered.status !== 200) return { ...answered, text }
  const { results } = JSON.parse(text) as { results: { error?: { status: number } }[] }
  const { status = 200, ...error } = results[0]?.error ?? {}
  return { status, text: JSON.stringify(error) }
}

/** Named as in the tables: a refusal by its name where it is one. */
function answerOf({ status, text }: EndpointAnswer): Answer {
  if (status < 400) return status
  const { detail } = JSON.parse(text) as { detail: string | { code: string } }
  const is = (refusal: { status: number; detail?: string; code?: string }) =>
    refusal.status === status && (typeof detail === 'string' ? refusal.detail === detail : refusal.code === detail.code)
  const found = Object.entries(refusals).find(([, refusal]) => is(refusal))
  return (found?.[0] as Answer | undefined) ?? status
}

test('the tables name every endpoint that takes an id', () => {
  const isId = /"(?:\w+_)?(?:id|sha256)":/
  for (const [name, endpoint] of Object.entries(endpoints) as [keyof Endpoints, EndpointShape][]) {
    const { params, query, input } = endpoint
    const schemas = [params, query, input].flatMap((part) => part ?? [])
    const takes = schemas.some((part) => isId.test(JSON.stringify(z.toJSONSchema(part, { unrepresentable: 'any' }))))
    expect([name, rowsOf(name).length > 0 || rowsOf(name) === withoutStates]).toEqual([name, takes])
  }
})

test('a call, an approval and a run of every status is among the things', async () => {
  const calls = await database.db.select().from(toolCalls)
  const rows = await database.db.select().from(approvals)
  const ran = await database.db.select().from(runs)
  const sorted = (values: readonly string[]) => [...new Set(values)].toSorted()
  expect(sorted(calls.map(({ status }) => status))).toEqual(sorted(callStatus.options))
  expect(sorted(rows.map(({ status }) => status))).toEqual(sorted(approvalStatuses))
  expect(sorted(ran.map(({ status, end_status }) => end_status ?? status))).toEqual(sorted(['running', ...runEnds]))
  const statusOf = Object.fromEntries(
    Object.entries(things.call).map(([state, { call }]) => {
      const row = calls.find(({ call_id }) => call_id === call)
      return [state, row && `${row.status} ${row.revision}`]
    }),
  )
  expect(statusOf).toEqual({
    waiting: 'awaiting_approval 1',
    pending: 'pending 1',
    approved: 'approved 1',
    executing: 'executing 1',
    completed: 'completed 1',
    failed: 'error 1',
    denied: 'denied 1',
    expired: 'expired 1',
    cancelled: 'cancelled 1',
    stale: 'awaiting_approval 2',
    unknown: 'unknown 1',
    read: 'completed 1',
    deleted: undefined,
  })
})

test.each(taking)('$how: without a session that counts nothing is told', async ({ name, row }) => {
  const ended = await signIn(engine.api, engine.owner.email)
  await ended.request('POST', '/auth/jwt/logout')
  for (const [state, thing] of [...statesOf(row), ['never', nothing] as const]) {
    for (const token of [undefined, ended.token, randomUUID()]) {
      const answered = await ask({ name, row }, thing, token)
      expect([state, answered]).toEqual([state, { status: 401, text: '{"detail":"Unauthorized"}' }])
    }
  }
})

test.each(taking)('$how: who may not is told the same, whatever has become of it', async ({ name, row }) => {
  for (const kind of kinds) {
    if (row.may.includes(kind)) continue
    const answers: [string, EndpointAnswer][] = []
    for (const [state, thing] of statesOf(row)) {
      const answered = await ask({ name, row }, thing, person(kind).token)
      answers.push([state, ownOf({ name, thing, answered })])
    }
    const [[, first] = []] = answers
    expect(first && answerOf(first)).toBe(row.others)
    expect(answers).toEqual(answers.map(([state]) => [state, first]))
  }
})

test.each(taking)("$how: an object that never was is nobody's", async ({ name, row }) => {
  const answers = []
  for (const { token } of [...people.values(), engine.owner]) {
    const thing = { ...nothing, conversation: randomUUID() }
    answers.push(answerOf(ownOf({ name, thing, answered: await ask({ name, row }, thing, token) })))
  }
  expect(new Set(answers).size).toBe(1)
})

test.each(taking)('$how: its owner who may only look', async ({ name, row }) => {
  const { viewer } = row
  if (viewer === undefined) return
  await change(engine.owner.email, 'view_only = true')
  try {
    const answers = []
    for (const [state, thing] of statesOf(row)) {
      const answered = await ask({ name, row }, thing, engine.owner.token)
      answers.push([state, answerOf(ownOf({ name, thing, answered }))])
    }
    expect(Object.fromEntries(answers)).toEqual(viewer)
  } finally {
    await change(engine.owner.email, 'view_only = false')
  }
})

// What changes an object is asked once all else has been.
test.each(taking)('$how: its owner, and who else may', async ({ name, row }) => {
  for (const { token } of [...(row.isOnce ? [] : row.may.map(person)), engine.owner]) {
    const answers = []
    for (const [state, thing] of statesOf(row)) {
      const answered = await ask({ name, row }, thing, token)
      answers.push([state, answerOf(ownOf({ name, thing, answered }))])
    }
    expect(Object.fromEntries(answers)).toEqual(row.owner)
  }
})
