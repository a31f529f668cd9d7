import { expect, it } from 'vitest'
import { tableCsv } from './table-csv.ts'

it('quotes the cells that need it', () => {
  expect(
    tableCsv([
      ['a', 'b,c'],
      ['"d"', 'e\nf'],
    ]),
  ).toBe('a,"b,c"\r\n"""d""","e\nf"')
})
