import { randomBytes } from 'node:crypto'

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
  const bytes = randomBytes(16)
  bytes.writeUIntBE(lastTime, 0, 6)
  bytes.writeUInt16BE(0x7000 | sequence, 6)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
