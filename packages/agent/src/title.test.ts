import { expect, it } from 'vitest'
import { cleanTitle, fallbackTitle, titleFrom, titleQuery } from './title.ts'

it.each([
  ['Scale "web" in shop!', 'Scale web in shop'],
  ['two\nlines\tand   spaces', 'two lines and spaces'],
  [`it's; a: title, really?`, 'its a title really'],
  ['a'.repeat(80), 'a'.repeat(60)],
  [` ${'a'.repeat(80)}`, 'a'.repeat(60)],
  [`${'a'.repeat(59)} b`, 'a'.repeat(59)],
  [' , web , ', 'web'],
])('cleans %j', (title, clean) => {
  expect(cleanTitle(title)).toBe(clean)
})

it.each([
  ['{"title":"Scale web deployment"}', 'Scale web deployment'],
  ['{"title":"..."}', undefined],
  ['{"title":7}', undefined],
  ['null', undefined],
  ['"title"', undefined],
  ['7', undefined],
  ['{"titles":"Scale web"}', undefined],
  ['Scale web', undefined],
])('finds the title in %j', (answer, title) => {
  expect(titleFrom(answer)).toBe(title)
})

it('falls back to the first six words, and to a name for nothing', () => {
  expect(fallbackTitle('why does the checkout fail in shop?')).toBe('why does the checkout fail in')
  expect(fallbackTitle('  why   does\nit  fail')).toBe('why does it fail')
  expect(fallbackTitle('  one two three four five six seven')).toBe('one two three four five six')
  expect(fallbackTitle('?!')).toBe('New Conversation')
  expect(fallbackTitle(undefined)).toBe('New Conversation')
})

it('is asked for with what the person said, however much was said since', () => {
  const said = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ role: 'assistant' as const, content: `${at}` }))
  const request = { role: 'user' as const, content: 'why does checkout fail?' }
  const contents = (count: number) => titleQuery([request, ...said(count)]).messages.map(({ content }) => content)
  expect(contents(2)).toEqual([request.content, '0', '1'])
  expect(contents(5)).toEqual([request.content, '0', '1', '2', '3', '4'])
  expect(contents(9)).toEqual([request.content, '4', '5', '6', '7', '8'])
  const query = titleQuery([...said(3), request, ...said(3)])
  expect(query.messages.map(({ content }) => content)).toEqual(['1', '2', request.content, '0', '1', '2'])
  expect(titleQuery([request, request, ...said(7)]).messages).toHaveLength(6)
  expect(titleQuery(said(9)).messages).toHaveLength(6)
  expect(query.instruction).toMatch(/^Give this conversation a title .* Answer with JSON: \{"title": string\}\.$/)
  expect(query.schema).toEqual({
    type: 'object',
    properties: { title: { type: 'string', minLength: 1, maxLength: 60 } },
    required: ['title'],
    additionalProperties: false,
  })
})
