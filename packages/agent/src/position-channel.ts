import { EphemeralValue } from '@langchain/langgraph/channels'
import type { Position } from './position.ts'

/** The library knows it by its name, and asks each channel at each step: made anew, each would gather its stack. */
const empty = Object.assign(new Error('No node has left its position here'), { name: 'EmptyChannelError' })

/** Where a node leaves its position to the next one. */
export class PositionChannel extends EphemeralValue<Position> {
  override fromCheckpoint(checkpoint?: Position): this {
    const channel = new PositionChannel()
    if (checkpoint !== undefined) channel.value = [checkpoint]
    return channel as this
  }

  override get(): Position {
    const [position] = this.value
    if (position === undefined) throw empty
    return position
  }

  override checkpoint(): Position {
    return this.get()
  }
}
