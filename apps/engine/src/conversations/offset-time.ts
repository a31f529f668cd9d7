/** The form of time that conversations and their cursors use: `…+00:00`. */
export function offsetTime(time: Date): string {
  return time.toISOString().replace('Z', '+00:00')
}
