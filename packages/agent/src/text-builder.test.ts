import { expect, test } from 'vitest'
import { TextBuilder } from './text-builder.ts'

test.each([0, 1, 15, 16, 17, 1000])('the text of %i pieces is whole, at any moment', (count) => {
  const builder = new TextBuilder()
  let text = ''
  for (let piece = 0; piece < count; piece++) {
    builder.add(`${piece} `)
    text += `${piece} `
    expect(builder.toString()).toBe(text)
  }
  expect(builder.toString()).toBe(text)
})
