import { expect, it } from 'vitest'
import { createLiveOutput, type OutputPiece } from './live-output.ts'

const piece = (seq: number, text: string): OutputPiece => ({ seq, stream: 'stdout', text, at: seq })
const texts = (pieces: readonly OutputPiece[] | undefined) => pieces?.map(({ text }) => text)

it('keeps the pieces of each call in their order, and a repeated one once', () => {
  const output = createLiveOutput()
  output.append('A', [piece(1, 'a'), piece(2, 'b')])
  output.append('B', [piece(1, 'other')])
  output.append('A', [piece(2, 'b'), piece(4, 'd')])
  expect(texts(output.read('A')?.pieces)).toEqual(['a', 'b', 'd'])
  expect(texts(output.read('B')?.pieces)).toEqual(['other'])
  expect(output.read('C')).toBeUndefined()
})

it('tells the readers of a call of its changes alone, each with a new snapshot over the same pieces', () => {
  const output = createLiveOutput()
  let heard = 0
  const leave = output.subscribe('A', () => heard++)
  output.append('A', [piece(1, 'a')])
  const first = output.read('A')
  output.append('A', [piece(1, 'a')])
  output.append('B', [piece(1, 'b')])
  expect(heard).toBe(1)
  output.say('A', { text: 'half done', at: 7 })
  output.end('A', 9)
  output.end('A', 10)
  expect(heard).toBe(3)
  expect(output.read('A')).toMatchObject({ status: { text: 'half done' }, endedAt: 9 })
  expect(output.read('A')).not.toBe(first)
  expect(output.read('A')?.pieces).toBe(first?.pieces)
  leave()
  output.append('A', [piece(2, 'b')])
  expect(heard).toBe(3)
})

it('lets go of ended calls first when there is too much, then of the oldest pieces', () => {
  const output = createLiveOutput({ bound: 10 })
  output.append('ended', [piece(1, 'xxxx')])
  output.end('ended', 1)
  output.append('runs', [piece(1, '11'), piece(2, '22')])
  output.append('runs', [piece(3, '333')])
  expect(output.read('ended')).toBeUndefined()
  expect(output.read('runs')?.dropped).toBe(0)
  output.append('runs', [piece(4, '4444')])
  expect(texts(output.read('runs')?.pieces)).toEqual(['22', '333', '4444'])
  expect(output.read('runs')?.dropped).toBe(1)
  output.append('runs', [piece(5, 'much more than there is room for')])
  expect(texts(output.read('runs')?.pieces)).toEqual(['much more than there is room for'])
  output.forget(['runs'])
  expect(output.read('runs')).toBeUndefined()
})
