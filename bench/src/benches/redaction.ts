import { maskText } from '@fairlead/service-kit/redaction/mask'
import type { Bench } from './bench.ts'

const LENGTH = 100 * 1024
/** Each begins what a rule looks for, and never ends it. */
const hostile = [
  '"secret":[',
  '"secret":["',
  'password="',
  'eyJaaaaaaaa.',
  'x://a:',
  'bearer a',
  '-----BEGIN PRIVATE KEY-----\n',
  '\\',
]
const ordinary = '2026-11-24T11:05:09.123Z INFO web GET /orders/42?page=2 200 12ms user=ada trace=9f86d081884c7d65\n'

/** Text that comes from outside is masked in the event loop: what it costs must not depend on who wrote it. */
export const redaction: Bench = async (_, report) => {
  const worst = Math.max(...hostile.map(millisecondsOf))
  report({
    name: 'masking 100 KB of text that was made to be slow, the worst',
    value: worst,
    unit: 'ms',
    bar: { atMost: 100 },
  })
  report({ name: 'masking 100 KB of a log', value: millisecondsOf(ordinary), unit: 'ms', bar: { atMost: 50 } })
}

function millisecondsOf(piece: string): number {
  const text = piece.repeat(Math.ceil(LENGTH / piece.length))
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now()
    maskText(text, 'read')
    return performance.now() - started
  })
  return Math.min(...times)
}
