import { createHash } from 'node:crypto'

/** What every provider takes for the name of a tool. */
const MAX_CHARS = 64
const HASH_CHARS = 8

/** `<server>__<tool>`, as models, people and the record know a tool of another server. */
export function offeredName(server: string, tool: string): string {
  const whole = `${server}__${tool}`
  const plain = whole.replaceAll(/[^A-Za-z0-9_-]/g, '_')
  if (plain === whole && whole.length <= MAX_CHARS) return whole
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, HASH_CHARS)
  return `${plain.slice(0, MAX_CHARS - HASH_CHARS)}${hash}`
}
