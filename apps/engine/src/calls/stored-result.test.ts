import { expect, test } from 'vitest'
import { databases } from '../db/databases.fixture.ts'
import { storedResult } from './stored-result.ts'

test.each(databases)('a block that nests deeply is kept as its text, on $name', async ({ open }) => {
  const { db, close } = await open()
  const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)
  try {
    const [shallow, deep] = [200, 100_000].map((levels) => ({ type: 'report', tree: nested(levels) }))
    const text = { type: 'text', text: 'Seen.', annotations: nested(100_000) }
    const { result, bodies } = await storedResult(
      db,
      [shallow, deep, text].flatMap((block) => block ?? []),
    )
    expect(result).toEqual([shallow, { type: 'text', text: JSON.stringify(deep) }, { type: 'text', text: 'Seen.' }])
    expect(bodies).toEqual([])
  } finally {
    await close()
  }
})
