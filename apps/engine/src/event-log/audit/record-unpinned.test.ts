import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../db/databases.fixture.ts'
import type { Database } from '../../db/open-database.ts'
import { auditEvents } from './audit-event.table.ts'
import { recordUnpinned } from './record-unpinned.ts'

describe.each(databases)('tools that nobody vouches for, $name', ({ open }) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())

  const got = { server: 'builtin', tool: 'k8s_get', digest: 'a'.repeat(64), pinned_digest: 'b'.repeat(64) }
  const conjured = { server: 'builtin', tool: 'k8s_conjure', digest: 'c'.repeat(64), pinned_digest: null }

  test('stand in the audit once per digest and server, however many engines find them at once', async () => {
    const elsewhere = { ...got, server: 'elsewhere' }
    const again = { ...got, digest: 'd'.repeat(64) }
    await Promise.all([[got], [got, conjured], [conjured, got], [got, elsewhere]].map((tools) => record(tools)))
    await record([got, again])
    const rows = await database.db.select().from(auditEvents).where(eq(auditEvents.type, 'tool.unpinned'))
    expect(rows.every(({ actor, user_id }) => actor === 'engine' && user_id === null)).toBe(true)
    const expected = [got, conjured, elsewhere, again]
    expect(rows).toHaveLength(expected.length)
    expect(rows.map(({ data }) => data)).toEqual(expect.arrayContaining(expected))
  })

  const record = (tools: Parameters<typeof recordUnpinned>[1]) => recordUnpinned(database.db, tools)
})
