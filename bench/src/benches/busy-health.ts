import { request } from 'undici'
import { callTool } from '../call-tool.ts'
import type { Bench } from './bench.ts'

/** Of one caller, and of another: more than the tool server runs at once of the one. */
const SLOW_CALLS = [40, 5]

/** How long the tool server's `/health` takes while calls wait and others wait for those. */
export const busyHealth: Bench = async (servers, tell) => {
  const { url } = await servers.toolServer()
  const health = new URL('/health', url)
  const calls = SLOW_CALLS.flatMap((count, caller) =>
    Array.from({ length: count }, () => callTool(url, { name: 'wait_for_x_seconds', args: { seconds: 1 }, caller })),
  )
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
  }
  await over
  const name = `/health while ${SLOW_CALLS.join(' + ')} slow calls run: the slowest of ${times.length}`
  tell({ name, value: Math.max(...times), unit: 'ms', bar: { atMost: 100 } })
}
