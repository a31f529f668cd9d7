import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { callTool } from '../call-tool.ts'
import { percentile } from '../percentile.ts'
import type { Bench } from './bench.ts'

/** Of one caller, and of another: more than the tool server runs at once of the one. */
const SLOW_CALLS = [40, 5]

/** Until the code is compiled, as with a read call. */
const CALLS_BEFORE = 500

/** No probe comes more often; without a pause the requests would wait for each other. */
const PAUSE_MS = 10

/** How long the tool server's `/health` takes while calls wait and others wait for those. */
export const busyHealth: Bench = async (servers, report) => {
  const { url } = await servers.toolServer()
  const health = new URL('/health', url)
  const wait = (seconds: number, caller: number) =>
    callTool(url, { name: 'wait_for_x_seconds', args: { seconds }, caller })
  for (let call = 0; call < CALLS_BEFORE; call++) await wait(0, 0)
  const calls = SLOW_CALLS.flatMap((count, caller) => Array.from({ length: count }, () => wait(1, caller)))
  let isOver = false
  const over = Promise.all(calls).finally(() => {
    isOver = true
  })
  const times: number[] = []
  while (!isOver) {
    const began = performance.now()
    const { statusCode, body } = await request(health)
    await body.dump()
    if (statusCode !== 200) throw new Error(`/health answered ${statusCode}`)
    times.push(performance.now() - began)
    await sleep(PAUSE_MS)
  }
  await over
  const name = `/health while ${SLOW_CALLS.join(' + ')} slow calls run`
  // The first one comes together with all of the calls.
  report({ name: `${name}: the first`, value: times[0] ?? Number.NaN, unit: 'ms' })
  report({
    name: `${name}: the slowest of ${times.length}`,
    value: Math.max(...times),
    unit: 'ms',
    bar: { atMost: 100 },
  })
  report({ name: `${name}: p99`, value: percentile(times, 99), unit: 'ms' })
}
