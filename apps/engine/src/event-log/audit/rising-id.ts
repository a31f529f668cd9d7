import { randomUUID } from 'node:crypto'

let lastTime = 0
let sequence = 0

/**
 * A UUID (version 7) above every one that this process made before: events of the same millisecond, such as those of
 * one transaction, are sealed in the order in which they were told.
 */
export function risingId(now = Date.now()): string {
  sequence = now > lastTime ? 0 : sequence + 1
  lastTime = Math.max(now, lastTime)
  if (sequence > 0xfff) {
    lastTime++ // more than the field holds: time is borrowed from the next millisecond
    sequence = 0
  }
  const time = lastTime.toString(16).padStart(12, '0')
  const random = randomUUID().slice(19) // with the variant, which all versions share
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${random}`
}
