import { expect, it } from 'vitest'
import { newPosition } from './position.ts'
import { PositionChannel } from './position-channel.ts'

const position = newPosition({ run_id: 'run_1', conversation_id: 'c1', user_id: 'u1', start_time: 7 })

it('holds what the last node left, and gives it back from a checkpoint', () => {
  const channel = new PositionChannel()
  channel.update([position])
  expect(channel.get()).toBe(position)
  expect(channel.checkpoint()).toBe(position)
  expect(new PositionChannel().fromCheckpoint(position).get()).toBe(position)
})

it('says by the name that the library knows that nothing was left', () => {
  const empty = expect.objectContaining({
    name: 'EmptyChannelError',
    message: 'No node has left its position here',
  })
  for (const channel of [new PositionChannel(), new PositionChannel().fromCheckpoint()]) {
    expect(() => channel.get()).toThrow(empty)
    expect(() => channel.checkpoint()).toThrow(empty)
    expect(channel.isAvailable()).toBe(false)
  }
})
