import { describe, expect, it } from 'vitest'
import { completeTail } from './complete-tail.ts'

describe('completeTail', () => {
  it.each([
    ['a line that may become an underline, an item or a fence', 'Text\n-', 'Text'],
    ['ticks of a fence to come', 'Text\n``', 'Text'],
    ['a number of an item to come', 'Text\n2', 'Text'],
    ['an open code span', 'Run `kubectl get', 'Run `kubectl get`'],
    ['open strong text', 'This is **very impor', 'This is **very impor**'],
    ['strong text that has only begun', 'This is **', 'This is '],
    ['a link whose address is not whole', 'See [the docs](https://exam', 'See the docs'],
    ['an image whose address is not whole', 'See ![graph](https://exam', 'See graph'],
  ])('mends %s', (_, text, mended) => expect(completeTail(text)).toBe(mended))

  it.each([
    ['a whole sentence.'],
    ['`closed` and **closed**'],
    ['- item with `code`\n- and another'],
    ['- item\n  ```\n  **open in code'],
    ['3'],
    ['snake_case_name and 2 * 3'],
  ])('leaves %j alone', (text) => expect(completeTail(text)).toBe(text))

  it('is a table from its first row on', () => {
    expect(completeTail('| name | sta')).toBe('| name | sta\n| --- | --- |')
    expect(completeTail('| name | state |\n| -')).toBe('| name | state |\n| --- | --- |')
    expect(completeTail('| name | state |\n| --- | --- |\n| web | o')).toBe(
      '| name | state |\n| --- | --- |\n| web | o',
    )
  })
})
