import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLogger } from './logger.ts'
import { startWatchdog } from './watchdog.ts'

export type Stall = keyof typeof stalls

const [stall, limitMs] = process.argv.slice(2)
const log = createLogger({ name: 'stalled', level: 'warn' })

const stalls = {
  'in a loop': function standStill() {
    for (;;);
  },
  'among microtasks': function standStill() {
    void Promise.resolve().then(standStill)
  },
  'while it waits': function standStill() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  },
  'as its exit listeners do': function standStill() {
    process.on('exit', standStill)
    for (;;);
  },
  'while it writes what nobody reads': function standStill() {
    for (;;) log.warn('x'.repeat(1000))
  },
  'outside of JavaScript': () => {
    execFileSync('sleep', ['20'])
  },
  'for less than the limit': function standStill() {
    spin(Number(limitMs) / 2)
  },
  'for longer, under a debugger': function standStill() {
    spin(Number(limitMs) * 2)
  },
  never: () => {},
}

startWatchdog({
  name: 'stalled',
  log,
  limitMs: Number(limitMs),
  sentence: 'It stood still.',
})
// Loaded, and watched for a moment.
await sleep(200)
process.stdout.write('watched\n')
stalls[stall as Stall]()
if (stall === 'never') {
  // Whoever is always busy still turns.
  const until = Date.now() + Number(limitMs) * 3
  while (Date.now() < until) {
    spin(50)
    await new Promise((resolve) => setImmediate(resolve))
  }
} else await sleep(300)

function spin(ms: number): void {
  const until = Date.now() + ms
  while (Date.now() < until);
}
