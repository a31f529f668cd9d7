import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
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

test('pieces do not stay in memory each on its own', () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const builder = new TextBuilder()
  const pieces = 200_000
  collect()
  const before = process.memoryUsage().heapUsed
  for (let piece = 0; piece < pieces; piece++) builder.add(`${piece % 10}${piece % 7}`.slice(0, 2))
  collect()
  const perPiece = (process.memoryUsage().heapUsed - before) / pieces
  expect(builder.toString()).toHaveLength(2 * pieces)
  expect(perPiece).toBeLessThan(6)
})
