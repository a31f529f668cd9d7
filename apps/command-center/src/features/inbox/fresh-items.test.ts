import { expect, test } from 'vitest'
import { approvalItem } from './approval-item.fixture.ts'
import { freshItems, itemKey } from './fresh-items.ts'

test('nothing is new at first; then each call once for each revision', () => {
  const item = approvalItem()
  expect(freshItems([item], undefined)).toEqual([])
  expect(freshItems([item], new Set())).toEqual([item])
  const known = new Set([itemKey(item)])
  expect(freshItems([{ ...item, votes: [{ by: 'x', at: '' }] }], known)).toEqual([])
  expect(freshItems([{ ...item, revision: 2 }], known)).toHaveLength(1)
})
