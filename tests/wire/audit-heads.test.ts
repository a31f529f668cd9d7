import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { patience } from './scenario.fixture.ts'

describe.each(adapterSets)('heads of the audit, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters, settings: { AUDIT_HEAD_SECONDS: '1' } })
  })
  afterAll(() => engine?.close())

  const verified = async () => {
    const { status, body } = await engine.owner.request('GET', '/audit/verify')
    expect(status).toBe(200)
    return body as { ok: boolean; head: { seq: number } | null; first_bad: { seq: number } | null }
  }

  test('a head whose signature is another is named, though every row of the chain is as it was', async () => {
    await expect.poll(async () => (await verified()).head, patience).not.toBeNull()
    expect(await verified()).toMatchObject({ ok: true, first_bad: null })
    await engine.restart({
      whileDown: async (db) => {
        await db.execute(sql.raw('alter table audit_heads disable trigger user'))
        await db.execute(sql`update audit_heads set jws = left(jws, -20) || 'AAAAAAAAAAAAAAAAAAAA'`)
      },
    })
    expect(await verified()).toMatchObject({ ok: false, first_bad: { seq: expect.any(Number) } })
  })
})
