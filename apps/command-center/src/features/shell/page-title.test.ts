import { expect, test } from 'vitest'
import { titleText } from './page-title.tsx'

test.each([
  ['Approvals', 0, 'Approvals · Fairlead'],
  ['Approvals', 3, '(3) Approvals · Fairlead'],
  ['Fairlead', 0, 'Fairlead'],
])('a tab of %s with %d that wait is called %s', (page, waiting, title) => {
  expect(titleText(page, 'Fairlead', waiting)).toBe(title)
})
