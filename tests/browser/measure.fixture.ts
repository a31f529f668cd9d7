import { strict as assert } from 'node:assert'
import type { Browser, Page } from '@playwright/test'

/** What a person would have felt, since `startMeasuring`. */
export type Felt = {
  /** Tasks that kept the page busy for longer than 50 ms, in milliseconds of the processor. */
  longTasks: number[]
  /** Presses and keys whose effect took too long to be painted, and how many milliseconds. */
  lateAnswers: [name: string, ms: number][]
}
export const nothingFelt: Felt = { longTasks: [], lateAnswers: [] }

/** How long the answer to a key or a press may keep the page's processor busy, until it is painted. */
const ANSWER_MS = 100
/** And how long by the clock: beside others on the same two cores, only a page that stands still is found by it. */
const ANSWER_CLOCK_MS = 1_000
const TASK_MS = 50
const START = 'measuring'

/** For tests that measure. */
export const measuring = { timeout: 180_000 } as const

/** One page at a time. */
export async function startMeasuring(page: Page): Promise<void> {
  // One that failed before may have left its own.
  await browserOf(page)
    .stopTracing()
    .catch(() => {})
  await browserOf(page).startTracing(page, { categories: ['toplevel', 'blink.user_timing'] })
  await page.evaluate(`(() => {
    window.answers = []
    new PerformanceObserver((list) => {
      for (const { name, startTime, duration, interactionId } of list.getEntries()) {
        if (interactionId) answers.push({ name, startTime, duration })
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: false })
    window.measuringSince = performance.mark('${START}').startTime
  })()`)
}

export async function measured(page: Page): Promise<Felt> {
  const { traceEvents } = JSON.parse((await browserOf(page).stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  const answers = await page.evaluate<Answer[]>('answers')
  const since = await page.evaluate<number>('measuringSince')
  const mark = traceEvents.find(({ name }) => name === START)
  assert(mark !== undefined, 'the trace has the moment when it began')
  const tasks = traceEvents.filter(
    ({ name, tid, pid }) => name === 'ThreadControllerImpl::RunTask' && tid === mark.tid && pid === mark.pid,
  )
  assert(tasks.length > 100, 'the trace has the tasks of the page')
  const longest = tasks.map(({ tdur = 0 }) => Math.round(tdur / 1000)).toSorted((one, other) => other - one)
  const long = longest.filter((ms) => ms > TASK_MS)
  console.info(`the longest tasks: ${longest.slice(0, 5).join(', ')} ms of the processor`)
  const busy = answers.map((answer) => busyWith(answer, tasks, mark.ts / 1000 - since))
  console.info(`${answers.length} answers, the slowest ${Math.max(0, ...busy)} ms of the processor`)
  const late = answers.flatMap(({ name, duration }, index): [name: string, ms: number][] => {
    if (duration > ANSWER_CLOCK_MS) return [[name, duration]]
    const ms = busy[index] ?? 0
    return ms > ANSWER_MS ? [[name, ms]] : []
  })
  return { longTasks: long, lateAnswers: late }
}

/** A key or a press, from when it was made to when the page with its effect was painted; milliseconds of the page. */
type Answer = { name: string; startTime: number; duration: number }

/** For how many milliseconds the page's thread was on a processor between a press and the paint of its effect. */
function busyWith({ startTime, duration }: Answer, tasks: readonly TraceEvent[], offset: number): number {
  const [from, to] = [startTime + offset, startTime + duration + offset]
  const busy = tasks.reduce((sum, { ts, dur = 0, tdur = 0 }) => {
    const shared = Math.min(to, (ts + dur) / 1000) - Math.max(from, ts / 1000)
    return shared <= 0 || dur === 0 ? sum : sum + (shared / (dur / 1000)) * (tdur / 1000)
  }, 0)
  return Math.round(busy)
}

/** In microseconds; `tdur`: time of the thread on a processor. */
type TraceEvent = { name: string; pid: number; tid: number; ts: number; dur?: number; tdur?: number }

function browserOf(page: Page): Browser {
  const browser = page.context().browser()
  assert(browser !== null)
  return browser
}

/** What the page's scripts hold in memory once everything that can go has gone, in megabytes. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return Math.round(usedSize / 1024 / 1024)
}

/** Of a chat with 2,000 messages and 100,000 lines of output. */
export const HEAP_MB = 300
