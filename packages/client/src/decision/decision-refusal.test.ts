import { ApiError } from '@fairlead/contract/client/api-error'
import { expect, test } from 'vitest'
import { batchRefusal, decisionRefusal } from './decision-refusal.ts'

const current = { call_id: 'c', revision: 1, status: 'awaiting_approval' }

test('an effect that has changed is told apart from text that has to be shown first', () => {
  const changed = decisionRefusal(new ApiError(409, { detail: 'The effect has changed', current }))
  expect(changed).toMatchObject({ isChanged: true, mayDecideAgain: true })
  expect(changed.text).toContain('has changed since you saw it')
  const detail = { code: 'UNMASK_FIRST', reason: 'Text that would run is hidden.' }
  const expected = {
    code: 'UNMASK_FIRST',
    isChanged: false,
    mayDecideAgain: true,
    text: 'Text that would run is hidden.',
  }
  expect(decisionRefusal(new ApiError(409, { detail, current }))).toMatchObject(expected)
  expect(batchRefusal({ status: 409, detail, current })).toMatchObject(expected)
})

test.each([
  ['ALREADY_VOTED', { isChanged: false, mayDecideAgain: false, text: 'Your vote is counted already.' }],
  ['EFFECT_CHANGED', { isChanged: true, mayDecideAgain: true }],
  ['ARGUMENTS_CHANGED', { isChanged: true, mayDecideAgain: true }],
])('%s is told by its code, whatever the sentence says', (code, expected) => {
  for (const detail of ['You have already voted', 'Another sentence', 'The effect has changed']) {
    expect(decisionRefusal(new ApiError(409, { detail, code, current }))).toMatchObject(expected)
    expect(batchRefusal({ status: 409, detail, code, current })).toMatchObject({ ...expected, detail })
  }
})
